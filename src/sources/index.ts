export { connectionUnlessCancelled, unlessCancelled, untilCancelled } from './cancel.js';
export { ColumnCipher, type ColumnKeys } from './column-cipher.js';
export { Execution, RootFailure, type Bindings, type Keys, type RootResult } from './execute.js';
export { findBrokenKeys } from './find-broken-keys.js';
export { findParameterLogging, type AcceptedLogging } from './find-parameter-logging.js';
export { sessionSettings, startupOptions, verifySettings } from './session-settings.js';
export { defaultMaxWaiting, Source, type Patience, type SourceConfig } from './source.js';
