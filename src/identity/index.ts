export type { Principal, RequestFacts } from './principal.js';
