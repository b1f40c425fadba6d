export { loadOffices } from './offices.js';
export { loadPolicy } from './policy.js';
export { PolicyInvalid, type PolicyProblem } from './problems.js';
