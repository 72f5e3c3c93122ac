import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { parsePolicy } from '../../src/policy/index.js';
import { demoKey } from '../../src/demo/index.js';
import { loadModel } from '../../src/model/index.js';
import { buildDraft } from '../../src/init/build.js';
import { readSource } from '../../src/init/read-source.js';
import { demoCopy, type DemoCopy } from '../demo/demo-copy.js';

const folder = join(__dirname, '../../schema');
const sdl = readdirSync(folder)
  .filter((name) => name.endsWith('.graphql'))
  .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));

let demo: DemoCopy;
beforeAll(async () => {
  demo = demoCopy();
  await demo.build();
}, 60_000);
afterAll(() => demo.drop());

/** The demo's marks were written before init was, for databases whose columns have comments. */
test('most of what the demo marks is suggested, and little else', async () => {
  const sources = [];
  for (const name of ['crm', 'sales']) {
    const client = new pg.Client(demo.connection(name));
    await client.connect();
    sources.push(await readSource(client, name));
    await client.end();
  }
  const policy = parsePolicy(readFileSync(join(folder, 'policy.yaml'), 'utf8'), 'policy.yaml');
  if ('problems' in policy) throw new Error('the demo has a policy');
  const loaded = loadModel({
    sdl,
    policy: policy.policy,
    catalogs: sources.map(({ catalog }) => catalog),
    encryptionKeys: [demoKey.name],
  });
  if ('problems' in loaded) throw new Error('the demo has a model');

  const exposed = new Map<string, boolean>();
  for (const { table, fields } of loaded.model.types.values())
    for (const field of fields.values())
      if (field.kind === 'column') exposed.set(`${table}.${field.column.name}`, field.mark.kind === 'secret');
  const got = new Set(
    buildDraft(sources).types.flatMap(({ table, columns }) =>
      columns
        .filter(({ judgement }) => judgement !== null)
        .map(({ column }) => `${table.name}.${column.name}`),
    ),
  );
  const want = [...exposed].filter(([, secret]) => secret).map(([column]) => column);
  const found = want.filter((column) => got.has(column));
  const extra = [...exposed]
    .filter(([column, secret]) => !secret && got.has(column))
    .map(([column]) => column);
  process.stderr.write(
    `demo: recall ${found.length}/${want.length}, precision ${found.length}/${found.length + extra.length}\n` +
      `  missed: ${want.filter((column) => !got.has(column)).join(', ')}; too many: ${extra.join(', ')}\n`,
  );
  expect(found.length / want.length).toBeGreaterThanOrEqual(0.7);
  expect(found.length / (found.length + extra.length)).toBeGreaterThanOrEqual(0.7);
}, 60_000);
