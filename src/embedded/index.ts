export { EmbeddedError, FolderInUseError } from './embedded-error.js';
export { startEmbedded, type EmbeddedPostgres, type SocketConnection } from './start.js';
