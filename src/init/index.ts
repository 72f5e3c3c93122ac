export { buildDraft } from './build.js';
export { controlVariable, urlVariable, type ConfigTls } from './config-text.js';
export { diffDraft, type Change } from './diff.js';
export { isMarkedSecret, type Draft } from './draft.js';
export { readExisting } from './existing.js';
export { draftFiles } from './files.js';
export { readSource, type InitClient } from './read-source.js';
export { snapshotText, takeSnapshot, type Snapshot } from './snapshot.js';
export type { ReadSource } from './suggest.js';
