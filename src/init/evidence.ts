import { looks, type Look } from './recognise.js';

/** A row of a sample, each value as text; what was not sampled is absent. */
export type SampledRow = ReadonlyMap<string, string | null>;

/** What a column's sample comes to: numbers only, never a value. */
export interface Evidence {
  /** Values that are neither null nor empty. */
  readonly values: number;
  readonly distinct: number;
  /** Share of the values that look so, 0 to 1. */
  readonly shares: Readonly<Record<Look, number>>;
  /** Characters of the average value. */
  readonly meanLength: number;
  /** Of numbers: the power of ten that nine of ten values do not reach by far (`10` for prices up to 99); else null. */
  readonly magnitude: number | null;
  /** Another column of the row whose value this one abbreviates, as ALFKI does Alfreds Futterkiste; else null. */
  readonly spells: string | null;
}

/** Evidence of every column of a sample. */
export function evidenceOf(
  rows: readonly SampledRow[],
  columns: readonly string[],
): ReadonlyMap<string, Evidence> {
  return new Map(columns.map((name) => [name, columnEvidence(rows, name, columns)]));
}

function columnEvidence(rows: readonly SampledRow[], name: string, columns: readonly string[]): Evidence {
  const values = rows.map((row) => row.get(name) ?? '').filter((value) => value !== '');
  const share = (test: (value: string) => boolean): number =>
    values.length === 0 ? 0 : values.filter((value) => test(value.trim())).length / values.length;
  const shares = Object.fromEntries(
    Object.entries(looks).map(([look, { is }]) => [look, share(is)]),
  ) as Record<Look, number>;
  return {
    values: values.length,
    distinct: new Set(values).size,
    shares,
    meanLength: values.length === 0 ? 0 : values.reduce((sum, { length }) => sum + length, 0) / values.length,
    magnitude: magnitudeOf(values),
    spells: columns.find((other) => other !== name && abbreviates(rows, name, other)) ?? null,
  };
}

function magnitudeOf(values: readonly string[]): number | null {
  const numbers = values.map(Number).filter(Number.isFinite).map(Math.abs);
  if (numbers.length === 0 || numbers.length < values.length) return null;
  const high = numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) * 0.9)] ?? 0;
  return high > 0 ? 10 ** Math.floor(Math.log10(high)) : null;
}

const spelledRowsMin = 5;

/** Whether short texts of one column begin as the texts of the other do, in nearly every row. */
function abbreviates(rows: readonly SampledRow[], name: string, other: string): boolean {
  let [pairs, spelled] = [0, 0];
  for (const row of rows) {
    const [short, long] = [letters(row.get(name)), letters(row.get(other))];
    if (short.length < 3 || long.length <= short.length) continue;
    pairs++;
    if (long.startsWith(short.slice(0, 3))) spelled++;
  }
  return pairs >= spelledRowsMin && spelled / pairs >= 0.8 && pairs / rows.length >= 0.5;
}

function letters(value: string | null | undefined): string {
  return (value ?? '')
    .normalize('NFKD')
    .replaceAll(/[^\p{L}]/gu, '')
    .toLowerCase();
}
