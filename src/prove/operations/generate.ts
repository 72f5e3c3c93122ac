import { getIntrospectionQuery, type DocumentNode } from 'graphql';
import type { Cursors } from './cursors.js';
import type { Earlier } from './earlier.js';
import { dress } from './dress.js';
import type { Comparands } from '../twins/comparands.js';
import { guardedOperation, type Dimensions } from './guarded-operation.js';
import { Names, type Schemas } from './names.js';
import { argumentNode, fieldNode, queryOf, textNode } from './nodes.js';
import { Oddity } from './oddity.js';
import type { Operation } from './operation.js';
import type { Random } from '../data/random.js';
import type { Writing } from './write-inputs.js';
import { OperationWriter } from './write-operation.js';

/** What a caller's operations are made of. */
export interface Ground {
  readonly caller: string;
  readonly schemas: Schemas;
  readonly comparands: Comparands;
  readonly cursors: Cursors;
  readonly earlier: Earlier;
  readonly dimensions: Dimensions;
}

/** How much of what is sent is meant to be answered; the rest is wrong in one way or another. */
const validShare = 0.72;

/** How much asks for sums of what is not given, where such are offered: by chance alone few would be as they have to be. */
const guardedShare = 0.12;

/** Makes operations for one caller. */
export class Generator {
  readonly #ground: Ground;
  readonly #names: Names;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#names = new Names(ground.schemas);
  }

  /** The operation that follows from these random numbers, and from answers so far. */
  operation(random: Random): Operation {
    const { caller, cursors, earlier } = this.#ground;
    const again = random.fork('again');
    const same = again.chance(0.06) ? earlier.ofAnother(caller, again) : null;
    if (same !== null) return same;
    if (random.chance(0.12)) {
      const next = cursors.follow(caller, random);
      if (next !== null) return next;
    }
    const oddity = new Oddity(!random.chance(validShare), random);
    const writing: Writing = { names: this.#names, comparands: this.#ground.comparands, random, oddity };
    if (random.chance(0.03)) return dress(this.#introspection(writing), false, writing);
    const sums = random.chance(guardedShare) ? guardedOperation(writing, this.#ground.dimensions) : null;
    if (sums !== null) return dress(sums, false, writing);
    const writer = new OperationWriter(writing);
    const plain = writer.write(random.chance(0.35));
    const dressed = dress(plain, writer.paged, writing);
    return oddity.here('syntax', 1) ? damaged(dressed, random) : dressed;
  }

  #introspection({ random, names }: Writing): DocumentNode {
    const types = Object.keys(names.schemas.full.getTypeMap());
    const hidden = names.hiddenTypes();
    const name = hidden.length > 0 && random.chance(0.5) ? random.pick(hidden) : random.pick(types);
    const members = ['fields', 'inputFields', 'enumValues'].map((each) =>
      fieldNode(each, [fieldNode('name')]),
    );
    const asked = fieldNode(
      '__type',
      [fieldNode('name'), fieldNode('kind'), random.pick(members)],
      [argumentNode('name', textNode(name))],
    );
    const all = fieldNode('__schema', [fieldNode('types', [fieldNode('name')])]);
    return queryOf(random.chance(0.8) ? [asked] : [asked, all]);
  }
}

/** What a client with a defect would send. */
function damaged({ text, variables, operationName }: Operation, random: Random): Operation {
  const at = random.integer(1, text.length - 1);
  const broken = random.chance(0.5) ? text.slice(0, at) : `${text.slice(0, at)}"${text.slice(at)}`;
  return { text: broken, document: null, variables, operationName };
}

/** Everything that a view has. */
export const introspectionText = getIntrospectionQuery({ inputValueDeprecation: false, oneOf: true });
