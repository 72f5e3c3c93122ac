import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { formatProblem } from '../../src/base/index.js';
import { readCatalog, type Catalog } from '../../src/catalog/index.js';
import { loadModel, type Model, type SdlFile } from '../../src/model/index.js';
import { parsePolicy } from '../../src/policy/index.js';
import { tableStatements } from '../../src/prove/index.js';
import { demoSteps } from '../../src/demo/build.js';
import { crm } from '../../src/demo/crm.js';
import { sales } from '../../src/demo/sales.js';
import type { DemoDatabase } from '../../src/demo/table.js';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';
import { testKeyNames } from '../support/test-secrets.js';
import type { ProvedDeployment } from './deployments.js';

/** A deployment as `cordon prove` meets it, and the databases that were built for it. */
export interface TestGround {
  readonly model: Model;
  readonly catalogs: readonly Catalog[];
  /** What the product's own reader makes of the databases that were built. */
  readonly rebuilt: Model;
  readonly reasons: readonly string[];
  readonly clients: ReadonlyMap<string, pg.Client>;
  dispose(): Promise<void>;
}

interface Deployment {
  readonly sdl: readonly SdlFile[];
  readonly policy: string;
}

function modelOf({ sdl, policy }: Deployment, catalogs: readonly Catalog[]): Model {
  const parsed = parsePolicy(policy, 'policy.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  const loaded = loadModel({ sdl, policy: parsed.policy, catalogs, encryptionKeys: testKeyNames });
  if ('problems' in loaded) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.model;
}

async function groundOf(deployment: Deployment, catalogs: readonly Catalog[]): Promise<TestGround> {
  const model = modelOf(deployment, catalogs);
  const { statements, reasons } = tableStatements(model, catalogs);
  const databases: TestDatabase[] = [];
  const clients = new Map<string, pg.Client>();
  const built: Catalog[] = [];
  for (const [source, texts] of statements) {
    const database = await freshDatabase('prove', { sql: texts.join(';\n') });
    databases.push(database);
    built.push(await readCatalog(database, source));
    const client = new pg.Client({
      ...database.config,
      types: { getTypeParser: () => (text: string) => text },
    });
    await client.connect();
    clients.set(source, client);
  }
  return {
    model,
    catalogs,
    rebuilt: modelOf(deployment, built),
    reasons,
    clients,
    dispose: async () => {
      for (const client of clients.values()) await client.end();
      for (const database of databases) await database.drop();
    },
  };
}

const filesOf = (folder: string): SdlFile[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .map((name) => ({ file: name, text: readFileSync(join(folder, name), 'utf8') }));

/** Steps of the demo's building that its catalogue depends on: none that makes rows. */
const shaping: ReadonlySet<string> = new Set(['tables', 'keys and indexes', 'comments']);

/** The demo: two databases, a policy with conditions and guarded aggregates. */
export function demoGround(): Promise<TestGround> {
  const shapeOf = (database: DemoDatabase): string =>
    demoSteps(database)
      .flatMap((step) => (shaping.has(step.title) && 'text' in step ? [step.text] : []))
      .join('\n');
  const folder = join(__dirname, '../../schema');
  return groundFrom(
    { crm: shapeOf(crm), sales: shapeOf(sales) },
    filesOf(folder),
    readFileSync(join(folder, 'policy.yaml'), 'utf8'),
  );
}

/** A deployment whose databases are written down as SQL, rows and all. */
export async function groundFrom(
  sources: Readonly<Record<string, string>>,
  sdl: string | readonly SdlFile[],
  policy: string,
): Promise<TestGround> {
  const catalogs: Catalog[] = [];
  for (const [source, sql] of Object.entries(sources)) {
    const database = await freshDatabase('ground', { sql });
    catalogs.push(await readCatalog(database, source));
    await database.drop();
  }
  const files = typeof sdl === 'string' ? [{ file: 'types.graphql', text: sdl }] : sdl;
  return groundOf({ sdl: files, policy }, catalogs);
}

/** A deployment whose databases others made. */
export function provedGround({ sources, sdl, policy }: ProvedDeployment): Promise<TestGround> {
  const files = Object.entries(sdl()).map(([file, text]) => ({ file, text }));
  return groundFrom(sources(), files, policy());
}
