export { grantStatements } from './grants.js';
export { readColumns } from './read-columns.js';
