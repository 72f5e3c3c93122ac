import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { buildDraft } from '../../src/init/build.js';
import { isMarkedSecret } from '../../src/init/draft.js';
import type { ReadSource } from '../../src/init/suggest.js';
import { readDatabase } from './read-database.js';
import { describeWithSamples, sampleDatabase } from './sample-databases.js';

/** Table → column → class. */
type Marks = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a person has marked, column by column. */
const careful = parse(readFileSync(join(__dirname, 'careful-reader.yaml'), 'utf8')) as Readonly<
  Record<string, Marks>
>;

/** What init would write as secret, or says of a table that is not served. A key that stays open is not among them. */
function suggested(source: ReadSource): Marks {
  const { types, notServed } = buildDraft([source]);
  return Object.fromEntries([
    ...types.map(({ table, columns }) => [
      table.name,
      Object.fromEntries(
        columns.filter(isMarkedSecret).map(({ column, judgement }) => [column.name, judgement!.secretClass]),
      ),
    ]),
    ...notServed.map(({ table, marks }) => [
      table.name,
      Object.fromEntries([...marks].map(([column, { secretClass }]) => [column, secretClass])),
    ]),
  ]) as Marks;
}

const flat = (marks: Marks): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(marks).flatMap(([table, columns]) =>
      Object.entries(columns).map(([column, secretClass]) => [`${table}.${column}`, secretClass] as const),
    ),
  );

describeWithSamples('suggestions beside what a careful reader marks', () => {
  test('nine of ten secrets are found, and few marks are one too many', async () => {
    let [wanted, given, hits, agreed] = [0, 0, 0, 0];
    const report: string[] = [];
    for (const name of ['northwind', 'pagila', 'oracle_co'] as const) {
      const database = await sampleDatabase(name);
      try {
        const [want, got] = [flat(careful[name]!), flat(suggested(await readDatabase(database, name)))];
        const found = [...want.keys()].filter((column) => got.has(column));
        const misses = [...want.keys()].filter((column) => !got.has(column));
        const extra = [...got.keys()].filter((column) => !want.has(column));
        const same = found.filter((column) => want.get(column) === got.get(column));
        report.push(
          `${name}: recall ${found.length}/${want.size}, precision ${found.length}/${got.size}, class ${same.length}/${found.length}`,
          `  missed: ${misses.join(', ') || 'none'}; too many: ${extra.join(', ') || 'none'}`,
        );
        wanted += want.size;
        given += got.size;
        hits += found.length;
        agreed += same.length;
      } finally {
        await database.drop();
      }
    }
    const [recall, precision] = [hits / wanted, hits / given];
    report.push(
      `together: recall ${recall.toFixed(3)}, precision ${precision.toFixed(3)}, class ${(agreed / hits).toFixed(3)}`,
    );
    process.stderr.write(`${report.join('\n')}\n`);
    expect(recall).toBeGreaterThanOrEqual(0.9);
    expect(precision).toBeGreaterThanOrEqual(0.85);
  }, 120_000);
});
