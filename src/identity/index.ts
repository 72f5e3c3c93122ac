export { createAuthenticator, createIssuers, type Authenticator, type Issuers } from './authenticator.js';
export { issuerConfigSchema, type ClaimPath, type IssuerConfig } from './issuer-config.js';
export { personIdOf } from './jwt-principal.js';
export {
  newPartnerToken,
  partnerTokenHash,
  type PartnerToken,
  type PartnerTokenLookup,
} from './partner-token.js';
export type { Principal, RequestFacts } from './principal.js';
export { isScope } from './scope.js';
