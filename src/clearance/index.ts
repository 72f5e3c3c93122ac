export { ClearanceRules, type Clearance } from './clearance.js';
