import fc from 'fast-check';
import { CursorCodec } from '../../src/plan/index.js';
import { codeOf, modelOf, openShop, Planning, type Asker, type Databases } from './planning.js';

const codec = new CursorCodec(Buffer.alloc(32, 7));
const bytes = (text: string) => Buffer.from(text);
const alice = bytes('alice');
const here = bytes('here');
const tuples = fc.array(fc.option(fc.string({ unit: 'grapheme' }), { nil: null }), {
  minLength: 1,
  maxLength: 4,
});

describe('a cursor', () => {
  test('gives back the values that it was made of, nulls and all', () => {
    fc.assert(
      fc.property(tuples, (tuple) => {
        expect(codec.open(codec.seal(tuple, alice, here), alice, here)).toEqual(tuple);
      }),
    );
  });

  test('is the same for the same caller, place and values, and another for any other', () => {
    const cursor = codec.seal(['1'], alice, here);
    expect(codec.seal(['1'], alice, here)).toBe(cursor);
    const others = [
      codec.seal(['2'], alice, here),
      codec.seal(['1'], bytes('bob'), here),
      codec.seal(['1'], alice, bytes('there')),
      new CursorCodec(Buffer.alloc(32, 8)).seal(['1'], alice, here),
    ];
    // The nonce is its beginning: no two of them share one.
    expect(new Set([cursor, ...others].map((each) => each.slice(0, 16))).size).toBe(5);
  });

  test('opens for nobody else, nowhere else and under no other key', () => {
    const cursor = codec.seal(['1'], alice, here);
    expect(codec.open(cursor, bytes('bob'), here)).toBeNull();
    expect(codec.open(cursor, alice, bytes('there'))).toBeNull();
    // Audience and place are kept apart: what one loses the other does not gain.
    expect(codec.open(cursor, bytes('aliceh'), bytes('ere'))).toBeNull();
    expect(new CursorCodec(Buffer.alloc(32, 8)).open(cursor, alice, here)).toBeNull();
  });

  test('does not open with any bit of it turned, with anything cut off, added, or written otherwise', () => {
    const cursor = codec.seal(['Acme', null, '17'], alice, here);
    const raw = Buffer.from(cursor, 'base64url');
    for (let bit = 0; bit < raw.length * 8; bit += 1) {
      const turned = Buffer.from(raw);
      turned[bit >> 3]! ^= 1 << (bit & 7);
      expect(codec.open(turned.toString('base64url'), alice, here)).toBeNull();
    }
    for (let length = 0; length < raw.length; length += 1)
      expect(codec.open(raw.subarray(0, length).toString('base64url'), alice, here)).toBeNull();
    for (const other of [
      `${cursor}A`,
      `${cursor}=`,
      ` ${cursor}`,
      raw.toString('base64'),
      raw.toString('hex'),
    ])
      if (other !== cursor) expect(codec.open(other, alice, here)).toBeNull();
  });

  test('opens for no text at all but its own', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(codec.open(text, alice, here)).toBeNull();
      }),
    );
  });

  test('tells nothing of what is in it: neither a value nor how long it is', () => {
    const cursorOf = (text: string) => codec.seal([text], alice, here);
    const raw = Buffer.from(cursorOf('Acme, our largest customer'), 'base64url').toString('latin1');
    expect(raw).not.toContain('Acme');
    expect(cursorOf('A').length).toBe(cursorOf('Acme, our largest customer').length);
    const lengths = Array.from(
      { length: 500 },
      (_, i) => Buffer.from(cursorOf('x'.repeat(i)), 'base64url').length,
    );
    // Twelve bytes of nonce and sixteen of tag around steps of 64.
    expect(lengths.filter((length) => (length - 12 - 16) % 64 !== 0)).toEqual([]);
  });
});

describe('a cursor of an answer', () => {
  let shop: Databases;
  let planning: Planning;
  beforeAll(async () => {
    shop = await openShop();
    planning = new Planning(modelOf(shop.catalogs));
  });
  afterAll(() => shop.dispose());

  interface Page {
    readonly nodes: readonly { readonly customerId: string }[];
    readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  }

  const document = `query($after: String, $orderBy: [CustomerOrderBy!]) {
    customers(first: 1, after: $after, orderBy: $orderBy) { nodes { customerId } pageInfo { endCursor hasNextPage } }
  }`;
  const manager: Asker = { roles: ['manager'] };
  const byCredit = [{ credit: 'DESC' }];

  async function page(variables: Record<string, unknown>, caller = manager): Promise<Page> {
    const asked = { caller, operation: document, variables };
    return (await planning.run(asked, shop.sources))['customers'] as Page;
  }

  test('leads through every record once, in any order, over nulls too', async () => {
    for (const [orderBy, expected] of [
      [[], ['1', '2', '3', '4']],
      [byCredit, ['3', '2', '1', '4']],
      [[{ credit: 'ASC' }], ['4', '1', '2', '3']],
      [
        [{ accountId: 'DESC' }, { email: 'ASC' }],
        ['4', '3', '1', '2'],
      ],
      [[{ customerId: 'DESC' }], ['4', '3', '2', '1']],
    ] as const) {
      const met: string[] = [];
      let after: string | null = null;
      do {
        const { nodes, pageInfo }: Page = await page({ orderBy, after });
        met.push(...nodes.map(({ customerId }) => customerId));
        expect(pageInfo.hasNextPage).toBe(met.length < 4);
        after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      } while (after !== null);
      expect(met).toEqual(expected);
    }
  });

  test('is of use to its caller only, in its operation and its order', async () => {
    const { endCursor } = (await page({ orderBy: byCredit })).pageInfo;
    const at = (after: unknown, changes: object = {}) => ({
      caller: manager,
      operation: document,
      variables: { after, orderBy: byCredit },
      ...changes,
    });
    await planning.plan(at(endCursor));
    const foreign = [
      at(endCursor, { caller: { roles: ['manager'], subject: 'somebody else' } }),
      at(endCursor, { caller: { roles: ['manager'], accounts: ['1'] } }),
      at(endCursor, { caller: { roles: ['masked', 'manager'] } }),
      at(endCursor, { operation: `${document} ` }),
      at(endCursor, { operation: document.replace('customers(', 'others: customers(') }),
      at(endCursor, { variables: { after: endCursor, orderBy: [{ credit: 'ASC' }] } }),
      at(endCursor, { variables: { after: endCursor } }),
      at(''),
      at('made up'),
      at(`${endCursor!}A`),
    ];
    for (const asked of foreign) expect(await codeOf(planning.plan(asked))).toBe('INVALID_CURSOR');
  });
});
