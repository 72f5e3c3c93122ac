export { demoCallerNames, demoCallers, demoFacts, type DemoCaller, type DemoCallerName } from './callers.js';
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
export { demoPlaces, startDemo, type Demo, type DemoOptions } from './run.js';
export { demoKey } from './seal.js';
export { seedDemo, type SeedOptions } from './seed.js';
export { demoTour } from './tour.js';
