import fc from 'fast-check';
import { maskIsNullable, maskUnfit, type MaskSpec } from '../../src/masks/index.js';
import { target, type Probe, type ProbedColumn } from './probe.js';

/** A column and what may be stored in it, in PostgreSQL's text form. */
export interface ColumnCase extends ProbedColumn {
  /** Stored every time. */
  readonly extremes: readonly string[];
  readonly values: fc.Arbitrary<string>;
}

/** What the SQL made of each value for which the reference says something else. */
interface Disagreement {
  readonly mask: string;
  readonly value: string | null;
  readonly sql: string | null | undefined;
  readonly reference: string | null | undefined;
}

/**
 * Fails unless, over null, the extremes and random values, SQL and reference of every mask agree, nothing raises,
 * a null comes only where `nullable` says so, and each mask has the type of the column.
 * @param count how many random values
 */
export async function expectAgreement(
  probe: Probe,
  column: ColumnCase,
  specs: readonly MaskSpec[],
  count = 700,
): Promise<void> {
  const { type, extremes, values } = column;
  expect(specs.map((spec) => maskUnfit(spec, target(type)))).toEqual(specs.map(() => null));
  // Sampled rather than asserted: all values go through one statement, and a failure shows those that disagree.
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = fc.sample(values, { numRuns: count, seed });
  const rows = await probe.maskAll(column, specs, [null, ...extremes, ...random]);
  expect(rows).toHaveLength(1 + extremes.length + count);
  const cells = rows.flatMap(({ value, masked, reference }) =>
    specs.map((spec, i) => ({ spec, value, sql: masked[i], reference: reference[i] })),
  );
  const disagreements: Disagreement[] = cells
    .filter(({ sql, reference }) => sql !== reference)
    .map(({ spec, ...rest }) => ({ mask: JSON.stringify(spec), ...rest }));
  expect({ seed, disagreements: disagreements.slice(0, 5) }).toEqual({ seed, disagreements: [] });
  const unexpectedNulls = (nullable: boolean): unknown[] =>
    cells.filter(
      ({ spec, value, sql }) =>
        sql === null &&
        (nullable || value !== null) &&
        !maskIsNullable({ mask: spec, nulls: column.nulls ?? 'hide' }, target(type, nullable)),
    );
  expect([...unexpectedNulls(true), ...unexpectedNulls(false)]).toEqual([]);
  const { expected, found } = await probe.typesOf(column, specs);
  expect(found).toEqual(specs.map(() => expected));
}
