export { proveCallers, type ProveCaller } from './sight/caller.js';
export { load, tableKey, type Cell, type DataRow, type Dataset } from './data/dataset.js';
export type { HiddenBy } from './twins/hiding.js';
export type { Literals } from './data/literals.js';
export { seededRandom, type Random } from './data/random.js';
export { tableStatements, type TableStatements } from './data/tables.js';
export { assertTwins, makeTwins, TwinsDifferError, type Ground, type Twins } from './twins/twins.js';
export { scarce, type Feature } from './run/features.js';
export {
  proveDeployment,
  UnknownRoleError,
  type DeploymentReport,
  type ProvedConfig,
  type ProveRequest,
} from './run/prove-deployment.js';
export type { Violation } from './run/report.js';
