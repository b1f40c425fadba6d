/** For tests that ask another judge about the projector: random writers, views and events, and what is made of them. */
export { randomEvent } from './events.js';
export { randomWriter } from './schemas.js';
export { SeededTape } from './tape.js';
export { answerOf, openTrial, type Trial } from './trial.js';
export { randomView, SECRET } from './views.js';
export { WriterModel } from './writer.model.js';
