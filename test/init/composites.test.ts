import { buildDraft } from '../../src/init/build.js';
import { diffDraft } from '../../src/init/diff.js';
import type { Draft } from '../../src/init/draft.js';
import { readExisting } from '../../src/init/existing.js';
import { draftFiles } from '../../src/init/files.js';
import { takeSnapshot } from '../../src/init/snapshot.js';
import type { ReadSource } from '../../src/init/suggest.js';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';
import { startTestGateway } from '../support/gateway.js';
import { problemsOf, sdlOf } from './load-files.js';
import { readDatabase } from './read-database.js';

const statements = `
  CREATE TYPE mood AS ENUM ('calm', 'not so calm');
  CREATE TYPE void_t AS ();
  CREATE TYPE spot_t AS (latitude float8, "Größe" text);
  CREATE TYPE address_t AS (street text, city text, country text, since date, spot spot_t, gone void_t, mood mood);
  CREATE TYPE price AS (amount numeric(12, 2), currency text, "and" int);
  CREATE TYPE person AS (given text, reach text);
  CREATE TYPE size AS (width int, height int);
  CREATE TYPE pair AS (one text, two text);
  CREATE TABLE customers (customer_id int PRIMARY KEY, home address_t NOT NULL, others address_t[], contact person, customer_name text);
  CREATE TABLE shops (shop_id int PRIMARY KEY, place address_t, box size, nothing void_t);
  CREATE TABLE offers (offer_id int PRIMARY KEY, price price, best price, at address_t, former customers);
  CREATE VIEW doors AS SELECT shop_id, (place).street AS door, place AS other FROM shops;
  CREATE VIEW pairs AS SELECT customer_id, ROW(customer_name, (contact).reach)::pair AS both FROM customers;
  INSERT INTO customers SELECT n, ROW('Obere Str. ' || n, 'Wien', 'AT', '2020-01-01', ROW(48.2, 'x'), NULL, 'not so calm')::address_t,
    ARRAY[ROW('Untere Str. ' || n, 'Graz', 'AT', NULL, NULL, NULL, NULL)::address_t, NULL],
    ROW('Anna', 'anna' || n || '@acme.example')::person, 'Acme ' || n FROM generate_series(1, 50) n;
  INSERT INTO shops VALUES (1, ROW('Hauptstr. 1', 'Linz', 'AT', NULL, NULL, NULL, NULL), ROW(3, 4), NULL);
  INSERT INTO offers SELECT n, ROW(n * 1000, 'EUR', 1)::price, NULL, NULL, NULL FROM generate_series(1, 50) n;`;

/** The SDL of a draft, as one text. */
const sdlText = (source: ReadSource): string =>
  sdlOf(draftFiles(buildDraft([source])))
    .map(({ text }) => text)
    .join('\n');

/** A type as it is written, with the comments in it. */
function typeIn(text: string, name: string): readonly string[] {
  const [, body] = new RegExp(`^type ${name}\\b[^{]*\\{\\n([^]*?)\\n\\}`, 'm').exec(text)!;
  return body!.split('\n').map((line) => line.trim());
}

let database: TestDatabase;
let source: ReadSource;
beforeAll(async () => {
  database = await freshDatabase('init_composites', { sql: statements });
  source = await readDatabase(database, 'crm');
});
afterAll(() => database.drop());

describe('composite types as init writes them', () => {
  test('are one type each, nested ones too, with a mark and a reason on each attribute', () => {
    const text = sdlText(source);
    expect(typeIn(text, 'Address')).toEqual([
      '# street: named like an address, and 100 % of 50 sampled values are street addresses',
      'street: String @tradeSecret(class: contact)',
      '# city: named like where somebody is',
      'city: String @tradeSecret(class: contact)',
      'country: String @open',
      'since: Date @open',
      '# spot: open as a whole; Spot marks what is secret in it',
      'spot: Spot @open',
      '# gone (void_t): no attribute of this type is served; leave it out.',
      'mood: Mood @open',
    ]);
    expect(typeIn(text, 'Spot')).toEqual([
      '# latitude: named like where somebody is',
      'latitude: Float @tradeSecret(class: contact)',
      '# Größe: in doubt: text about a customer',
      'grosse: String @column(name: "Größe") @tradeSecret(class: relationship)',
    ]);
    // By the column's name where the attribute's says nothing, and by its sample.
    expect(typeIn(text, 'Price')).toEqual([
      '# amount: named like a price or an amount of money',
      'amount: Decimal @tradeSecret(class: pricing, mask: { bucket: "10000" })',
      'currency: String @open',
      '# and: part of price: named like a price or an amount of money',
      'andValue: Int @column(name: "and") @tradeSecret(class: pricing, mask: { bucket: "10" })',
    ]);
    expect(typeIn(text, 'Person')).toContain(
      'reach: String @tradeSecret(class: contact, mask: { email: true })',
    );
    expect(text.match(/type Address\b/g)).toHaveLength(1);
    expect(text.match(/: \[?Address\b/g)).toHaveLength(7);
    expect(typeIn(text, 'Shop')).toEqual([
      'shopId: ID! @open',
      '# place: open as a whole; Address marks what is secret in it',
      'place: Address @open',
      'box: Size @open',
      '# nothing (void_t): no attribute of this type is served; leave it out.',
    ]);
    // The rows of a table, as values.
    expect(typeIn(text, 'Offer')).toContain('former: PublicCustomer @open');
  });

  test('are as secret as what views make them of, and so is what views take out of them', () => {
    const text = sdlText(source);
    expect(typeIn(text, 'Door')).toContain('# door: from shops.place');
    expect(typeIn(text, 'Door')).toContain('door: String @tradeSecret(class: relationship)');
    expect(typeIn(text, 'PublicPair')).toEqual([
      '# one: part of both: from customers.customer_name, customers.contact',
      'one: String @tradeSecret(class: relationship)',
      '# two: part of both: from customers.customer_name, customers.contact',
      'two: String @tradeSecret(class: relationship)',
    ]);
  });

  test('the deployment has no problem, gives values as they are stored, and a reader no secret', async () => {
    const files = draftFiles(buildDraft([source]));
    expect(problemsOf(files, [source])).toEqual([]);
    const gateway = await startTestGateway({
      sources: {},
      elsewhere: { crm: database.config },
      sdl: Object.fromEntries(sdlOf(files).map(({ file, text }) => [file.replace('schema/', ''), text])),
      policy: files.get('policy.yaml')!,
    });
    try {
      const document = `{ customer(customerId: "7") {
        home { street country since spot { latitude grosse } mood } others { street city } contact { reach } }
        offer(offerId: "7") { price { amount currency } } }`;
      const owner = await gateway.query({ roles: ['owner'] }, document);
      expect(owner.body).toMatchObject({
        data: {
          customer: {
            home: {
              ...{ street: 'Obere Str. 7', country: 'AT', since: '2020-01-01', mood: 'NOT_SO_CALM' },
              spot: { latitude: 48.2, grosse: 'x' },
            },
            others: [{ street: 'Untere Str. 7', city: 'Graz' }, null],
            contact: { reach: 'anna7@acme.example' },
          },
          offer: { price: { amount: '7000.00', currency: 'EUR' } },
        },
      });
      const reader = await gateway.query({ roles: ['reader'] }, document);
      expect(reader.body).toMatchObject({
        data: { customer: { home: { country: 'AT' } }, offer: { price: { amount: '0', currency: 'EUR' } } },
      });
      expect(JSON.stringify(reader.body)).not.toMatch(/Str\.|Graz|48\.2|anna7|7000/);
    } finally {
      await gateway.dispose();
    }
  });

  test('no stored value is written', () => {
    const files = draftFiles(buildDraft([source]));
    expect([...files.values()].join('\n')).not.toMatch(/Str\.|Wien|Graz|acme|EUR/i);
  });
});

describe('a second run', () => {
  const told = (draft: Draft, sdl: string, before: Draft) =>
    diffDraft(draft, readExisting([{ file: 'all.graphql', text: sdl }]), takeSnapshot(before)).map(
      ({ kind, table, column, message, lines }) => ({ kind, table, column, message, lines }),
    );

  test('knows composites as they are written, whatever people have called them or left out', () => {
    const draft = buildDraft([source]);
    const sdl = sdlText(source);
    expect(told(draft, sdl, draft)).toEqual([]);
    const edited = sdl.replaceAll(/\bAddress\b/g, 'Whereabouts').replace('  country: String @open\n', '');
    expect(edited).not.toBe(sdl);
    expect(told(draft, edited, draft)).toEqual([]);
  });

  test('says what attributes are new, gone or other, and which types new columns need', async () => {
    const before = buildDraft([source]);
    const sdl = sdlText(source).replaceAll(/\bAddress\b/g, 'Whereabouts');
    const other = await freshDatabase('init_composites_later', { sql: statements });
    try {
      await other.query(`
        DROP VIEW doors, pairs;
        ALTER TYPE address_t ADD ATTRIBUTE phone text, DROP ATTRIBUTE since;
        ALTER TABLE offers DROP former;
        ALTER TYPE spot_t DROP ATTRIBUTE latitude, ADD ATTRIBUTE latitude text;
        CREATE TYPE level AS ENUM ('low');
        CREATE TYPE inner_t AS (level level);
        CREATE TYPE outer_t AS (x int, y inner_t);
        ALTER TABLE shops ADD extra outer_t, ADD second address_t, ALTER box TYPE text USING NULL;`);
      const changes = told(buildDraft([await readDatabase(other, 'crm')]), sdl, before);
      const at = (table: string, column: string | null) =>
        changes.find((each) => each.table === table && each.column === column);
      expect(at('crm."public"."address_t"', 'phone')).toEqual({
        kind: 'new-column',
        table: 'crm."public"."address_t"',
        column: 'phone',
        message: 'A new attribute (text); add the field to Whereabouts.',
        lines: [
          '# phone: named like a telephone number',
          'phone: String @tradeSecret(class: contact, mask: { partial: { keepEnd: 2 } })',
        ],
      });
      expect(at('crm."public"."address_t"', 'since')).toMatchObject({
        kind: 'removed-column',
        message: 'The attribute is gone; remove Whereabouts.since.',
      });
      expect(at('crm."public"."spot_t"', 'latitude')).toMatchObject({
        kind: 'changed-column',
        message: 'The attribute is text, and may be null, now; latitude is Float.',
      });
      expect(at('crm."public"."shops"', 'second')).toMatchObject({
        lines: [
          '# second: open as a whole; Whereabouts marks what is secret in it',
          'second: Whereabouts @open',
        ],
      });
      expect(at('crm."public"."shops"', 'extra')).toMatchObject({ lines: ['extra: Outer @open'] });
      expect(at('crm."public"."shops"', 'box')).toMatchObject({ kind: 'changed-column' });
      expect(changes.filter(({ kind }) => kind === 'new-type')).toEqual([
        {
          kind: 'new-type',
          table: 'crm."public"."outer_t"',
          column: null,
          message: 'A composite type that is used now; add the type Outer.',
          lines: [
            ...['enum Level {', '  low', '}'],
            ...['# The composite type "public"."inner_t" of crm, wherever a column is of it.'],
            ...['type Inner {', '  level: Level @open', '}'],
            ...['# The composite type "public"."outer_t" of crm, wherever a column is of it.'],
            ...['type Outer {', '  x: Int @open', '  y: Inner @open', '}'],
          ],
        },
      ]);
    } finally {
      await other.drop();
    }
  });
});
