import {
  assertTwins,
  load,
  makeTwins,
  proveCallers,
  seededRandom,
  tableKey,
  TwinsDifferError,
  type DataRow,
  type Dataset,
  type ProveCaller,
} from '../../src/prove/index.js';
import { groundFrom, type TestGround } from './grounds.js';

/** What makes a record of a row, what links records, and whose sums are whose: said once more by hand. */

const sql = `
  create extension citext;
  create table team (team_id int primary key, owner text not null, name text not null);
  create table person (person_id int primary key, owner text not null, name text not null);
  create table member (team_id int, person_id int);
  create table badge (badge_id int primary key, team_id int, person_id int, owner text);
  create table client (client_id int primary key, name text);
  create table job (job_id int primary key, client_id int not null references client, owner text);
  create table hour (hour_id int primary key, job_id int not null references job, kind text not null, fee numeric(12, 2));
  create view roll as select citext('x') as code, 1 as part, 'me' as owner, 'n' as note union all select 'y', 2, 'me', 'n';
  create materialized view tally as select team_id, owner, 1 as count from team;
  create unique index on tally (team_id);
`;

const sdl = `
  type Team @table(source: main, name: "team") @rows(by: owner, column: "owner") {
    teamId: ID! @open
    name: String! @open
    people: [Person!]! @relation(from: ["team_id"], to: ["person_id"], through: { name: "member", from: ["team_id"], to: ["person_id"] }) @tradeSecret(class: ties)
    badged: [Person!]! @relation(from: ["team_id"], to: ["person_id"], through: { name: "badge", from: ["team_id"], to: ["person_id"] }) @open
  }
  type Person @table(source: main, name: "person") @rows(by: owner, column: "owner") { personId: ID! @open name: String! @open }
  type Badge @table(source: main, name: "badge") @rows(by: owner, column: "owner") @open { badgeId: ID! }
  type Client @table(source: main, name: "client") @rows(shared: true) @open { clientId: ID! name: String }
  type Job @table(source: main, name: "job") @rows(by: owner, column: "owner") @open {
    jobId: ID!
    client: Client @relation(from: ["client_id"], to: ["client_id"])
  }
  type Hour @table(source: main, name: "hour") @rows(by: owner, via: "job") {
    hourId: ID! @open
    kind: String! @open(dimension: true)
    fee: Decimal @tradeSecret(class: fees)
    job: Job @relation(from: ["job_id"], to: ["job_id"]) @open
  }
  type Roll @table(source: main, name: "roll", key: ["code", "part"], keyBecause: "Said for a test.") @rows(by: owner, column: "owner") @open {
    code: ID
    part: Int
    note: String
  }
  type Tally @table(source: main, name: "tally", key: ["team_id"]) @rows(by: owner, column: "owner") @open { teamId: ID count: Int }
`;

const policy = `
classes:
  ties: { title: Who belongs to whom }
  fees: { title: Fees, aggregate: { min_group: 2, entity: Client } }
roles:
  all: { rows: all, clear: [ties, fees] }
  own: { rows: { owner: $subject }, clear: [ties] }
  untied: { rows: { owner: $subject } }
  sums: { rows: all, aggregate: [fees] }
`;

let ground: TestGround;
beforeAll(async () => {
  ground = await groundFrom({ main: sql }, sdl, policy);
});
afterAll(() => ground.dispose());

const table = (name: string): string => tableKey('main', 'public', name);
const rows = (name: string, columns: readonly string[], ...values: (string | null)[][]) =>
  [table(name), values.map((each) => Object.fromEntries(columns.map((c, i) => [c, each[i]!])))] as const;

const stored: Dataset = {
  tables: new Map<string, readonly DataRow[]>([
    rows('team', ['team_id', 'owner', 'name'], ['1', 'me', 'A'], ['2', 'them', 'B']),
    rows('person', ['person_id', 'owner', 'name'], ['1', 'me', 'P'], ['2', 'them', 'Q'], ['3', 'me', 'R']),
    rows('member', ['team_id', 'person_id'], ['1', '1'], ['1', '2'], ['2', '1'], [null, '3']),
    rows(
      'badge',
      ['badge_id', 'team_id', 'person_id', 'owner'],
      ['1', '1', '1', 'me'],
      ['2', '1', '3', 'them'],
    ),
    rows('client', ['client_id', 'name'], ['1', 'C'], ['2', 'D'], ['3', 'E']),
    rows(
      'job',
      ['job_id', 'client_id', 'owner'],
      ['1', '1', 'me'],
      ['2', '1', 'me'],
      ['3', '2', 'me'],
      ['4', '3', 'me'],
    ),
    rows(
      'hour',
      ['hour_id', 'job_id', 'kind', 'fee'],
      ...[
        ['1', '1', 'x', '10.00'],
        ['2', '2', 'x', '20.00'],
        ['3', '3', 'x', '30.00'],
        ['4', '4', 'x', '40.00'],
      ],
    ),
    rows(
      'roll',
      ['code', 'part', 'owner', 'note'],
      ...[
        ['a', '1', 'me', 'one'],
        ['b', '1', 'me', 'two'],
        ['B', '1', 'me', 'three'],
        [null, '1', 'me', 'four'],
        ['a', '1', 'them', 'five'],
      ],
    ),
    rows('tally', ['team_id', 'owner', 'count'], ['1', 'me', '3'], [null, 'me', '4']),
  ]),
};

const changing = (name: string, at: number, cells: DataRow): Dataset => {
  const held = stored.tables.get(table(name))!;
  return { tables: new Map([...stored.tables, [table(name), held.with(at, { ...held[at]!, ...cells })]]) };
};
const adding = (name: string, row: DataRow): Dataset => ({
  tables: new Map([...stored.tables, [table(name), [...stored.tables.get(table(name))!, row]]]),
});
const without = (name: string, at: number): Dataset => ({
  tables: new Map([...stored.tables, [table(name), stored.tables.get(table(name))!.toSpliced(at, 1)]]),
});

const caller = (role: string): ProveCaller => ({
  name: role,
  roles: [role],
  subject: 'me',
  organisation: 'prove',
  claims: {},
  conditionsMet: true,
  purpose: null,
});

const own = caller('own');
const untied = caller('untied');
const all = caller('all');
const sums = caller('sums');

test.each<[string, ProveCaller, () => Dataset, 'sees' | 'does not see']>([
  ['a link of two records in sight', own, () => without('member', 0), 'sees'],
  ['a new one', own, () => adding('member', { team_id: '1', person_id: '3' }), 'sees'],
  ['a link once more', own, () => adding('member', { team_id: '1', person_id: '1' }), 'does not see'],
  ['a link to somebody out of sight', own, () => without('member', 1), 'does not see'],
  [
    'a link from something out of sight',
    own,
    () => changing('member', 2, { person_id: '3' }),
    'does not see',
  ],
  ['a link of nothing', own, () => without('member', 3), 'does not see'],
  ['for whom all is in sight, that link', all, () => without('member', 1), 'sees'],
  ['to whom the relation is hidden, a link', untied, () => without('member', 0), 'does not see'],
  ['a link that is a record of theirs', own, () => changing('badge', 0, { person_id: '3' }), 'sees'],
  ['one that is a record of others', own, () => changing('badge', 1, { person_id: '1' }), 'does not see'],
  ['that it becomes theirs', own, () => changing('badge', 1, { owner: 'me' }), 'sees'],
  ['a line of a view', own, () => changing('roll', 0, { note: 'other' }), 'sees'],
  [
    'one of two that share a key, in either case',
    own,
    () => changing('roll', 1, { note: 'other' }),
    'does not see',
  ],
  ['that the other of the two is gone', own, () => without('roll', 2), 'sees'],
  [
    'that a third shares it',
    own,
    () => adding('roll', { code: 'b', part: '1', owner: 'me', note: 'six' }),
    'does not see',
  ],
  ['a line without a key', own, () => without('roll', 3), 'does not see'],
  ['a line of others with the same key', own, () => without('roll', 4), 'does not see'],
  ['for whom both are in sight, that one is gone', all, () => without('roll', 4), 'sees'],
  ['a record of a materialized view', own, () => changing('tally', 0, { count: '9' }), 'sees'],
  ['what has no key there', own, () => changing('tally', 1, { count: '9' }), 'does not see'],
  ['a fee in a sum', sums, () => changing('hour', 0, { fee: '11.00' }), 'sees'],
  ['whose client a job is', sums, () => changing('job', 1, { client_id: '2' }), 'sees'],
])('who is told: %s', (_name, who, changed, expected) => {
  const check = () => assertTwins(ground.model, who, stored, changed());
  if (expected === 'sees') expect(check).toThrow(TwinsDifferError);
  else check();
});

test('sums are the same for another split of what one client pays, and not of what several do', () => {
  const hours = stored.tables.get(table('hour'))!;
  const exchanged = (a: number, b: number): Dataset => ({
    tables: new Map([
      ...stored.tables,
      [
        table('hour'),
        hours.with(a, { ...hours[a]!, fee: hours[b]!.fee! }).with(b, { ...hours[b]!, fee: hours[a]!.fee! }),
      ],
    ]),
  });
  assertTwins(ground.model, sums, stored, exchanged(0, 1));
  expect(() => assertTwins(ground.model, sums, stored, exchanged(1, 2))).toThrow(TwinsDifferError);
});

test('twins differ in links, in lines that are no records, and hold all that databases ask', async () => {
  const random = seededRandom('records');
  const counts = { links: 0, twice: 0, unkeyed: 0, shared: 0 };
  for (const who of proveCallers(ground.model, random)) {
    const { a, b, shuffled, reverted } = makeTwins(ground, who, random.fork(who.name), 24);
    expect([who.name, reverted]).toEqual([who.name, []]);
    for (const dataset of [a, b, shuffled]) await load(ground.clients.get('main')!, 'main', dataset);
    const texts = (data: Dataset, name: string) =>
      data.tables.get(table(name))!.map((row) => JSON.stringify(row));
    const links = texts(a, 'member');
    const before = new Set(links);
    counts.links += texts(b, 'member').filter((text) => !before.has(text)).length;
    counts.twice += links.length - before.size;
    const keys = a.tables.get(table('roll'))!.map(({ code, part }) => [code?.toLowerCase() ?? null, part]);
    counts.unkeyed += keys.filter((key) => key.includes(null)).length;
    counts.shared += keys.length - new Set(keys.map(String)).size;
  }
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(5);
});
