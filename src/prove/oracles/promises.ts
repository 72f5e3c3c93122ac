import type { Canaries } from './canaries.js';
import type { Answer } from '../gateways/client.js';
import type { Difference } from './compare.js';
import { cursorsIn } from '../operations/cursors.js';
import type { Operation } from '../operations/operation.js';

/**
 * What answers that are alike in all twins may still break: no stored value makes a statement raise, no cursor can be read,
 * and none opens elsewhere than where it was given out.
 * @param marks texts of values, visible ones too
 */
export function brokenPromise(operation: Operation, { body }: Answer, marks: Canaries): Difference | null {
  if (body.includes('"code":"SOURCE_FAILED"')) return { channel: 'failure', detail: 'a statement raised' };
  const sealed = cursorsIn(body).map((cursor) => Buffer.from(cursor, 'base64url').toString('latin1'));
  if (sealed.some((bytes) => marks.find(bytes).size > 0))
    return { channel: 'cursor', detail: 'a value can be read in it' };
  if (operation.forged === true && body.includes('"data":{') && !body.includes('"INVALID_CURSOR"'))
    return { channel: 'cursor', detail: 'one that was not given out there was taken' };
  return null;
}
