export { loadCalendar } from './calendar.js';
export { loadConcepts } from './concepts.js';
export { loadOffices } from './offices.js';
export { loadPolicy, parsePolicy } from './policy.js';
export { loadReclassifications } from './reclassifications.js';
export { PolicyInvalid, type PolicyProblem } from './problems.js';
