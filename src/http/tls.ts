/** What the gateway's own TLS is made with: a certificate with its chain, and its key, in PEM. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
}
