export { proveCallers, type ProveCaller } from './caller.js';
export { load, tableKey, type Cell, type DataRow, type Dataset } from './dataset.js';
export type { HiddenBy } from './hiding.js';
export type { Literals } from './literals.js';
export { seededRandom, type Random } from './random.js';
export { tableStatements, type TableStatements } from './tables.js';
export { assertTwins, makeTwins, TwinsDifferError, type Ground, type Twins } from './twins.js';
export { scarce, type Feature } from './features.js';
export {
  proveDeployment,
  UnknownRoleError,
  type DeploymentReport,
  type ProvedConfig,
  type ProveRequest,
} from './prove-deployment.js';
export type { Violation } from './report.js';
