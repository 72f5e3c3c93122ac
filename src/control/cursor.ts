import { z } from 'zod';
import { CordonError } from '../base/index.js';
import type { Access, AccessCursor } from '../audit/index.js';

/** A place in the history, for the auditor to hand back. It holds nothing that its page does not show. */
export function writeCursor({ entry: { place }, number }: Access): string {
  return Buffer.from(JSON.stringify([place.at, place.writerId, place.seq, place.position, number])).toString(
    'base64url',
  );
}

const natural = z.int().min(0);
const form = z.tuple([natural, z.guid(), natural, natural.max(2 ** 31 - 1), natural]);

/** @throws CordonError INVALID_CURSOR */
export function readCursor(cursor: string): AccessCursor {
  try {
    const [at, writerId, seq, position, number] = form.parse(
      JSON.parse(Buffer.from(cursor, 'base64url').toString()),
    );
    return { at, writerId, seq, position, number };
  } catch (cause) {
    throw new CordonError('INVALID_CURSOR', { cause });
  }
}
