export {
  demoCallerNames,
  demoCallers,
  demoFacts,
  type DemoAgreement,
  type DemoCaller,
  type DemoCallerName,
  type DemoTraining,
} from './callers.js';
export { createDemoDatabases, type DemoDatabaseOptions } from './databases.js';
export {
  demoAudience,
  demoIssuer,
  mintToken,
  startDemoIssuer,
  type DemoIssuer,
  type DemoToken,
} from './issuer.js';
export { demoReader } from './reader.js';
