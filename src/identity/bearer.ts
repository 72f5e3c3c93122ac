import { CordonError } from '../base/index.js';
import { unauthenticated } from './refusal.js';

/** Beyond this nothing is parsed: JSON and signatures of any size would be work that anyone can ask for. */
const defaultMaxBytes = 8192;
const longestScheme = 'Bearer '.length;

/** RFC 6750, 2.1: one scheme, one space, one token of these characters. Nothing else can be read out of the header. */
const bearer = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * The token of an `Authorization` header.
 * @param authorization the header's value; or all its values, since Node's `headers` quietly keeps the first of several
 *   while a proxy in front may have judged the last
 * @throws UNAUTHENTICATED where there is not exactly one bearer token, NOT_ACCEPTABLE_TOKEN_SIZE over `maxBytes`
 */
export function readBearer(
  authorization: string | readonly string[] | undefined,
  maxBytes: number = defaultMaxBytes,
): string {
  const values = typeof authorization === 'string' ? [authorization] : (authorization ?? []);
  const [header] = values;
  if (header === undefined) throw unauthenticated('no Authorization header');
  if (values.length > 1) throw unauthenticated('several Authorization headers');
  if (header.length > longestScheme + maxBytes) throw new CordonError('NOT_ACCEPTABLE_TOKEN_SIZE');
  const token = bearer.exec(header)?.[1];
  if (token === undefined) throw unauthenticated('not one bearer token');
  return token;
}
