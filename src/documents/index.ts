export { buildDocuments, type BuiltDocument } from './build.js';
export { breaksFor, type Break, type TriedDocument } from './check.js';
export { findDocumentFiles } from './find-files.js';
export { readManifest, writeManifest, type ListedDocument } from './manifest.js';
export { documentHash, TrustedDocuments, type DocumentsConfig } from './trusted-documents.js';
