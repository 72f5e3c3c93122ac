import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';

/**
 * Rows 6, 8, 9 and 14 of the attack catalogue, for comparisons that look into a value: what is at a path of a document, within
 * a range, among the items of a list, or equal but for its case. Who may not compare the value may compare no part of it.
 */
const table = `
  create schema ext;
  create extension citext schema ext;
  create table deal (id int primary key, rep text, partner ext.citext, terms jsonb, band numrange, names ext.citext[], docs jsonb[], seal bytea);
  insert into deal values
    (1, 'rita', 'Acme', '{"price": {"net": 4711}}', '[100,200)', '{Acme,Bolt}', '{"{\\"net\\": 4711}"}', '\\x4711'),
    (2, 'sam', 'ACME', '{"price": {"net": 4711}}', '[100,200)', '{ACME}', '{"{\\"net\\": 4711}"}', '\\x4711'),
    (3, 'sam', 'Bolt', '{"price": {"net": 9}}', 'empty', '{}', '{}', '');
`;
const sdl = `
  type Deal @table(source: main, schema: "public", name: "deal", key: ["id"]) @rows(by: rep, column: "rep") {
    id: ID! @open
    rep: String @open
    partner: String @tradeSecret(class: searchable, mask: { pseudonym: true })
    terms: JSON @tradeSecret(class: searchable, mask: { constant: "{\\"price\\": {\\"net\\": 0}}" })
    kept: JSON @column(name: "terms") @tradeSecret(class: plain, mask: { keep: ["$.price.net"] })
    band: Range @tradeSecret(class: plain, mask: { nullify: true })
    names: [String] @tradeSecret(class: searchable, mask: { pseudonym: true })
    docs: [JSON] @tradeSecret(class: plain)
    seal: Base64 @tradeSecret(class: plain)
    shown: String @column(name: "partner") @tradeSecret(class: plain, mask: { redact: true })
  }
`;
const policy = `
classes:
  searchable: { title: May be searched as it looks, masked_use: true }
  plain: { title: May not be searched }
roles:
  clear: { rows: all, clear: [searchable, plain] }
  masked: { rows: all, mask: [searchable, plain] }
  denied: { rows: all, deny: [searchable, plain] }
  own: { rows: all, clear: [{ searchable: { rep: $subject } }, { plain: { rep: $subject } }], mask: [searchable, plain] }
  outsider: { rows: all, clear: [] }
`;
const callers = {
  masked: { roles: ['masked'], organisation: 'house' },
  denied: { roles: ['denied'], organisation: 'house' },
  own: { roles: ['own'], subject: 'rita', organisation: 'house' },
} as const satisfies Record<string, TestCaller>;
const clear: TestCaller = { roles: ['clear'] };
const outsider: TestCaller = { roles: ['outsider'] };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ sources: { main: table }, sdl, policy, captureStatements: true });
});
afterAll(() => gateway.dispose());

/** What each asks of a value, if it were offered. All of them find the first record. */
const questions: readonly string[] = [
  '{ terms: { at: { path: ["price", "net"], eq: 4711 } } }',
  '{ terms: { at: { path: [], isNull: false } } }',
  '{ not: { terms: { at: { path: ["price"], isNull: true } } } }',
  '{ kept: { at: { path: ["price", "net"], eq: 4711 } } }',
  '{ band: { contains: "150" } }',
  '{ band: { overlaps: "[199,)" } }',
  '{ not: { band: { isEmpty: true } } }',
  '{ names: { has: "acme" } }',
  '{ or: [{ names: { hasAny: ["BOLT"] } }] }',
  '{ docs: { has: { net: 4711 } } }',
  '{ seal: { eq: "RxE=" } }',
  '{ shown: { startsWith: "aC" } }',
];

async function idsFor(caller: TestCaller, where: string): Promise<string[]> {
  const { body } = await gateway.query(caller, `{ deals(where: ${where}) { nodes { id } } }`);
  expect(body.errors).toBeUndefined();
  return (body.data as { deals: { nodes: { id: string }[] } }).deals.nodes.map(({ id }) => id);
}

describe.each(questions)('%s', (where) => {
  it('is answered to whoever has the value in clear', async () => {
    expect(await idsFor(clear, where)).toContain('1');
  });

  it.each(Object.keys(callers) as (keyof typeof callers)[])(
    'is to a caller who has it %s as if there were no such field, and no statement is sent',
    async (name) => {
      const document = `{ deals(where: ${where}) { nodes { id } } }`;
      const hidden = await gateway.query(outsider, document);
      let answer = hidden;
      const sent = await gateway.statements('main', async () => {
        answer = await gateway.query(callers[name], document);
      });
      expect(answer.status).toBe(400);
      expect(answer.text).toBe(hidden.text);
      expect(sent).toEqual([]);
    },
  );
});

describe('a text whose case does not count, under `masked_use`', () => {
  const guesses = ['Acme', 'acme', 'ACME', 'bolt'];

  it('is compared as it is read: no guess at the value finds anything', async () => {
    for (const guess of guesses)
      for (const comparison of [
        `eq: "${guess}"`,
        `like: "${guess}%"`,
        `contains: "${guess}"`,
        `in: ["${guess}"]`,
      ])
        expect(await idsFor(callers.masked, `{ partner: { ${comparison} } }`)).toEqual([]);
  });

  it('tells by its mask what reading it tells, and by its value on own rows alone', async () => {
    const read = async (caller: TestCaller) => {
      const { body } = await gateway.query(caller, '{ deals { nodes { id partner } } }');
      return (body.data as { deals: { nodes: { id: string; partner: string }[] } }).deals.nodes;
    };
    for (const { id, partner } of await read(callers.masked))
      expect(await idsFor(callers.masked, `{ partner: { eq: "${partner.toUpperCase()}" } }`)).toEqual([id]);
    expect((await read(callers.own)).map(({ partner }) => partner.startsWith('pseud-'))).toEqual([
      false,
      true,
      true,
    ]);
    // Another deal has the same partner, of which this caller does not know.
    for (const guess of guesses)
      expect(await idsFor(callers.own, `{ partner: { eq: "${guess}" } }`)).toEqual(
        guess === 'bolt' ? [] : ['1'],
      );
  });

  it('sorts by what is read: the order is that of the answer', async () => {
    for (const caller of [callers.masked, callers.own]) {
      const { body } = await gateway.query(
        caller,
        '{ deals(orderBy: [{ partner: ASC }]) { nodes { partner } } }',
      );
      const shown = (body.data as { deals: { nodes: { partner: string }[] } }).deals.nodes.map(
        ({ partner }) => partner.toLowerCase(),
      );
      expect(shown).toEqual(shown.toSorted());
    }
  });
});
