import { Canaries } from '../../src/prove/oracles/canaries.js';
import { Cursors } from '../../src/prove/operations/cursors.js';
import { Earlier } from '../../src/prove/operations/earlier.js';
import type { Answer } from '../../src/prove/gateways/client.js';
import type { DataRow } from '../../src/prove/data/dataset.js';
import { writtenOperation } from '../../src/prove/operations/operation.js';
import { guardedPlace, isWholeOnly } from '../../src/prove/sight/projection.js';
import { brokenPromise } from '../../src/prove/oracles/promises.js';
import { seededRandom } from '../../src/prove/data/random.js';
import type { Guarded } from '../../src/prove/sight/views.js';

/** What twins do not tell, since it is alike in all of them. */
const operation = writtenOperation(
  'query ($first: Int, $after: String) { customers(first: $first, after: $after) { edges { cursor } } }',
);
const marks = new Canaries(['zqvisible1']);
const answer = (body: object): Answer => ({ status: 200, headers: [], body: JSON.stringify(body) });
const withCursor = (bytes: Uint8Array): Answer =>
  answer({ data: { customers: { edges: [{ cursor: Buffer.from(bytes).toString('base64url') }] } } });

describe('an answer that is alike in all twins', () => {
  const sealed = Buffer.alloc(92, 0xa7);

  it('breaks no promise with data, sealed cursors and refusals', () => {
    expect(brokenPromise(operation, withCursor(sealed), marks)).toBeNull();
    const refused = answer({ errors: [{ extensions: { code: 'INVALID_CURSOR' } }], data: null });
    expect(brokenPromise({ ...operation, forged: true }, refused, marks)).toBeNull();
    const invalid = answer({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
    expect(brokenPromise({ ...operation, forged: true }, invalid, marks)).toBeNull();
  });

  it.each([64, 92])('breaks one with a cursor of %d bytes in which a value can be read', (length) => {
    const legible = Buffer.alloc(length);
    legible.write('zqvisible1', 21);
    expect(brokenPromise(operation, withCursor(legible), marks)).toMatchObject({ channel: 'cursor' });
  });

  it('breaks one where a cursor that is of somewhere else is taken', () => {
    expect(brokenPromise({ ...operation, forged: true }, withCursor(sealed), marks)).toMatchObject({
      channel: 'cursor',
    });
  });

  it('breaks one where a statement raises', () => {
    const failed = answer({ errors: [{ extensions: { code: 'SOURCE_FAILED' } }], data: null });
    expect(brokenPromise(operation, failed, marks)).toMatchObject({ channel: 'failure' });
  });
});

describe('what was asked before', () => {
  const random = seededRandom('cursors');
  const noted = new Cursors();
  const body = withCursor(Buffer.alloc(92, 0x5c)).body;
  noted.note('ada', operation, body);
  const followed = Array.from({ length: 300 }, () => noted.follow('ada', random)).filter(
    (each) => each !== null,
  );

  it('is gone on from with its own cursors, and with others that are known to be wrong', () => {
    const [own] = body.match(/[A-Za-z0-9_-]{80,}/g) ?? [];
    for (const { variables, forged } of followed) {
      const given = [variables['after'], variables['before']].filter((each) => each !== undefined);
      if (given.every((each) => each === own)) expect(forged).toBeUndefined();
      else if (!given.includes('')) expect(forged).toBe(true);
    }
    expect(followed.filter(({ forged }) => forged === true).length).toBeGreaterThan(20);
    expect(followed.filter(({ forged }) => forged !== true).length).toBeGreaterThan(100);
  });

  it('is gone on from as if it were of somebody else, which is wrong whatever the cursor', () => {
    const foreign = Array.from({ length: 100 }, () => noted.follow('bob', random)).filter(
      (each) => each !== null,
    );
    expect(foreign.length).toBeGreaterThan(3);
    const taken = foreign.filter(({ forged }) => forged !== true);
    expect(taken.filter(({ variables }) => !Object.values(variables).includes(''))).toEqual([]);
  });

  it('is asked again by others alone, where it was answered', () => {
    const earlier = new Earlier();
    earlier.note('ada', operation, body);
    earlier.note('bob', writtenOperation('{ nothing }'), '{"errors":[]}');
    expect(earlier.ofAnother('ada', random)).toBeNull();
    expect(earlier.ofAnother('bob', random)).toBe(operation);
  });
});

describe('guarded values', () => {
  const guarded = {
    field: { column: { name: 'fee' } },
    minGroup: 3,
    isOwn: true,
    dimensions: ['region'],
  } as unknown as Guarded;
  const entity = (row: DataRow): string | null => row['id'] ?? null;
  const rows = (...regions: readonly string[]) =>
    regions.map((region, i) => ({ id: String(i), region, fee: i === 0 ? null : '1' }));

  it('may change their group where none is ever told apart from the whole', () => {
    expect(isWholeOnly(guarded, rows('a', 'a', 'a', 'a', 'b', 'c'), entity)).toBe(true);
    expect(isWholeOnly(guarded, rows('a', 'a', 'a', 'a', 'b', 'c', 'c'), entity)).toBe(false);
    expect(isWholeOnly(guarded, rows('a', 'a', 'a', 'b', 'b', 'b'), entity)).toBe(false);
  });

  it('stay in it where a record is of no entity: what is left without it may be told', () => {
    const all = rows('a', 'a', 'a', 'a', 'b');
    expect(isWholeOnly(guarded, all, (row) => (row['region'] === 'b' ? null : entity(row)))).toBe(false);
  });

  it('change it no more than their entity, where several records are of one', () => {
    const [, first, , , last] = rows('a', 'a', 'a', 'a', 'b');
    const shared = { ...guarded, isOwn: false };
    const place = (row: DataRow) => guardedPlace(shared, row, { wholeOnly: true, entity });
    expect(place(first!)).not.toBe(place(last!));
    expect(place(first!)).toBe(place({ ...last!, id: '1' }));
  });

  it('stay in their group otherwise, and nulls always', () => {
    const [nothing, first, , , last] = rows('a', 'a', 'a', 'a', 'b');
    const place = (row: typeof nothing, wholeOnly: boolean) =>
      guardedPlace(guarded, row!, { wholeOnly, entity });
    expect(place(first, true)).toBe(place(last, true));
    expect(place(first, false)).not.toBe(place(last, false));
    expect(place(nothing, true)).not.toBe(place(first, true));
  });
});
