import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Plan, Statement } from '../../src/plan/index.js';
import { shop } from '../support/deployments.js';
import { layOut } from './lay-out.js';
import { codeOf, modelOf, openShop, Planning, shopSdl, type Asked, type Databases } from './planning.js';

/**
 * Golden cases: roles, caller and operation in; statements and answer out, from the databases of the shop. After a
 * change that is meant, `CORDON_CASES=write npx jest test/plan/cases` writes what comes out now, to be read in the diff.
 */
interface Case extends Asked {
  /** What the case is about, in a sentence. */
  readonly about: string;
  /** The role or roles that it is about, in the policy of the shop. */
  readonly roles: Readonly<Record<string, unknown>>;
  /** Classes beside those of the policy of the shop. */
  readonly classes?: Readonly<Record<string, unknown>>;
  /** Types beside those of the shop. */
  readonly sdl?: string;
}

interface StatementText {
  readonly source: string;
  readonly parameters: readonly string[];
  readonly sql: string;
}

interface Outcome {
  readonly refused?: string;
  /** The statement of each root field, and of each relation into another source. */
  readonly statements?: readonly StatementText[];
  readonly masked?: readonly string[];
  readonly withheld?: readonly string[];
  readonly answer?: unknown;
}

const folder = join(__dirname, 'cases');
const files = readdirSync(folder).sort();
const shopPolicy = parse(shop.policy) as { readonly roles: object; readonly classes: object };

function withBatches(statement: Statement): Statement[] {
  const batches = statement.holes.flatMap((hole) => (hole.kind === 'relation' ? [hole.batch] : []));
  return [statement, ...batches.flatMap(withBatches)];
}

function statementsOf({ roots }: Plan): StatementText[] {
  return roots
    .flatMap((root) => (root.kind === 'statement' ? withBatches(root.statement) : []))
    .map(({ source, slots, text }) => ({
      source,
      parameters: slots.map(({ id }) => id),
      sql: `${layOut(text)}\n`,
    }));
}

/** Cursors change with every word of schema and policy; that there is one is what a case can say. */
function withoutCursors(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer).replaceAll(/"[\w-]{100,}"/g, '"(a cursor)"'));
}

describe('an operation becomes statements and an answer', () => {
  let shopDatabases: Databases;
  beforeAll(async () => {
    shopDatabases = await openShop();
  });
  afterAll(() => shopDatabases.dispose());

  async function outcomeOf(given: Case): Promise<Outcome> {
    const policy = stringify({
      ...shopPolicy,
      classes: { ...shopPolicy.classes, ...given.classes },
      roles: { ...shopPolicy.roles, ...given.roles },
    });
    const planning = new Planning(modelOf(shopDatabases.catalogs, policy, `${shopSdl}\n${given.sdl ?? ''}`));
    let plan: Plan;
    try {
      ({ plan } = await planning.plan(given));
    } catch {
      return { refused: await codeOf(planning.plan(given)) };
    }
    return {
      statements: statementsOf(plan),
      masked: plan.masked,
      withheld: plan.withheld.map(({ path, code }) => `${path.join('.')} ${code}`),
      answer: withoutCursors(await planning.run(given, shopDatabases.sources)),
    };
  }

  test.each(files)('%s', async (file) => {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    const { refused, statements, masked, withheld, answer, ...given } = parse(text) as Case & Outcome;
    const outcome = await outcomeOf(given);
    if (process.env['CORDON_CASES'] === 'write') {
      const [asked = ''] = text.split(/^(?:refused|statements):/m);
      writeFileSync(path, asked + stringify(outcome, { lineWidth: 0, singleQuote: true }));
      return;
    }
    expect(outcome).toEqual(refused === undefined ? { statements, masked, withheld, answer } : { refused });
  });
});
