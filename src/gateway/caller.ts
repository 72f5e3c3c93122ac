import { LRUCache } from 'lru-cache';
import { encodeCanonical, subkey, type Canonical } from '../base/index.js';
import type { Principal } from '../identity/index.js';
import { hmacPads } from '../masks/index.js';
import { toPgText, type Audience, type CursorCodec, type Literal } from '../plan/index.js';
import type { RowValue } from '../policy/index.js';
import type { Bindings, ColumnCipher } from '../sources/index.js';
import { openValue } from './open-value.js';

/** Roots of the keys that answers are made with: pseudonyms and cursors. A new version makes new views. */
export interface AnswerKeys {
  /** 32 bytes each. */
  readonly mask: Buffer;
  readonly cursor: Buffer;
  readonly version: string;
}

/** Whom cursors are for: another principal, or the same with other row claims, cannot use them. */
export function audienceOf(principal: Principal): Audience {
  const claims = [...principal.claims]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values]): Canonical => [name, values]);
  return encodeCanonical([principal.principalId, principal.subject, claims]);
}

function assertedValues(value: RowValue, principal: Principal): readonly string[] {
  switch (value.kind) {
    case 'subject':
      return [principal.subject];
    case 'claim':
      return principal.claims.get(value.name) ?? [];
    case 'literal':
      return value.values;
  }
}

/** Pseudonyms are stable within an organisation; a caller without one has their own. */
function whoseMasks({ organisation, personId }: Principal): readonly [string, string] {
  return organisation === null ? ['person', personId] : ['organisation', organisation];
}

/** Makes the bindings of a request: the only place where a caller meets a plan. */
export class CallerBindings {
  readonly #keys: AnswerKeys;
  readonly #cursors: CursorCodec;
  readonly #columns: ColumnCipher;
  readonly #pads = new LRUCache<string, { readonly inner: Buffer; readonly outer: Buffer }>({ max: 2000 });

  constructor(keys: AnswerKeys, cursors: CursorCodec, columns: ColumnCipher) {
    this.#keys = keys;
    this.#cursors = cursors;
    this.#columns = columns;
  }

  for(principal: Principal, audience: Audience, literals: readonly Literal[]): Bindings {
    return {
      literals,
      // A value that is none of the column's type cannot own a row.
      rowValues: (value, { type }) =>
        assertedValues(value, principal).flatMap((each) => toPgText(each, type) ?? []),
      maskKey: (coordinate, shared, pad) =>
        this.#padsOf(shared ? 'everyone' : whoseMasks(principal), coordinate)[pad],
      sealCursor: (tuple, place) => this.#cursors.seal(tuple, audience, place),
      openCipher: (hole, tuple) => openValue(this.#columns, hole, tuple),
    };
  }

  #padsOf(audience: Canonical, coordinate: string): { readonly inner: Buffer; readonly outer: Buffer } {
    const id = JSON.stringify([audience, coordinate]);
    let pads = this.#pads.get(id);
    if (pads === undefined) {
      pads = hmacPads(subkey(this.#keys.mask, 'mask', this.#keys.version, audience, coordinate));
      this.#pads.set(id, pads);
    }
    return pads;
  }
}
