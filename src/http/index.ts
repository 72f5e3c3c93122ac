export type { Deployment } from './deployment.js';
export type { Exchange } from './exchange.js';
export { createHttpServer, type HttpParts } from './server.js';
export { readTls, renewTls, type TlsFiles } from './tls.js';
export { ViewServer, type ViewServerParts } from './view-server.js';
export { ViewServers } from './view-servers.js';
