/** A source as it is to stand in cordon.yaml: its address comes from the environment, for it holds a password. */
export interface NamedSource {
  readonly name: string;
  readonly url: string;
}

/** `crm` is read from `CRM_URL`. */
export function urlVariable(source: string): string {
  return `${source.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2').toUpperCase()}_URL`;
}

export const controlVariable = 'CONTROL_URL';

/** How sources are reached, where that is other than the default. */
export interface ConfigTls {
  readonly ca?: string;
  readonly acceptPlaintext?: boolean;
  readonly acceptUnverified?: boolean;
}

/** `, tls: { acceptPlaintext: true }`; nothing for the default. */
function tlsText({ ca, acceptPlaintext, acceptUnverified }: ConfigTls): string {
  const settings = [
    ...(ca === undefined ? [] : [`ca: ${JSON.stringify(ca)}`]),
    ...(acceptPlaintext === true ? ['acceptPlaintext: true'] : []),
    ...(acceptUnverified === true ? ['acceptUnverified: true'] : []),
  ];
  return settings.length === 0 ? '' : `, tls: { ${settings.join(', ')} }`;
}

/** cordon.yaml of a new deployment, whole but for the identity provider, which nobody else knows. */
export function configText(sources: readonly string[], tls: ConfigTls): string {
  const lines = sources.map((name) => `  ${name}: { url: "\${${urlVariable(name)}}"${tlsText(tls)} }`);
  return `# Written by cordon init. Every \${NAME} is taken from the environment; paths are relative to this file.
listen: { host: 127.0.0.1, port: 4000 }
schema: schema
policy: policy.yaml

# Each as a role that may read the exposed columns and nothing else.
sources:
${lines.join('\n')}

# A database of the gateway's own, for the ledger and for agreements, trainings and tokens.
control: { url: "\${${controlVariable}}" }

# Made at the first start. Both belong outside of any database, and the keys into a backup.
keys: { folder: keys }
ledger: { folder: ledger }

# Without an issuer only partner tokens are accepted: cordon token issue.
# issuers:
#   - issuer: https://login.example.com
#     audience: customer-data
#     jwksUri: https://login.example.com/jwks
#     algorithms: [ES256]
#     tokenType: at+jwt
#     claims: { roles: roles, organisation: org_id, rows: { accounts: accounts } }
#     scopes: { claim: scope }
`;
}
