import type { DataRow } from '../data/dataset.js';
import type { Hiding } from './hiding.js';
import type { TableLayout } from '../data/layout.js';
import { guardedPlace, isWholeOnly } from '../sight/projection.js';
import type { Random } from '../data/random.js';
import type { Guarded } from '../sight/views.js';

/** A row of one data set and what stands in its place in another; null where there is none. */
export interface Pair {
  readonly before: DataRow | null;
  readonly after: DataRow | null;
}

/** The hidden values of this data set, given to other rows. */
export function shuffled(hiding: Hiding, random: Random): Map<string, Pair[]> {
  return new Map(
    [...hiding.layout.values()].map((table) => [
      table.key,
      shuffledTable(hiding, table, random.fork(table.key)),
    ]),
  );
}

function shuffledTable(hiding: Hiding, table: TableLayout, random: Random): Pair[] {
  const rows = hiding.tables.get(table.key) ?? [];
  const active = hiding.activeGuards(table);
  const pairs = rows.map((row): Pair => ({ before: row, after: row }));
  const unique = new Set(table.uniqueKeys.filter((key) => key.length > 1).flat());
  for (const { name } of table.columns.values()) {
    if (
      hiding.leads(table, name) ||
      unique.has(name) ||
      active.some(({ field }) => field.column.name === name)
    )
      continue;
    const groups = new Map<string, number[]>();
    rows.forEach((row, i) => {
      const views = hiding.seenAs(table, row);
      if (hiding.fixed(table, row).has(name)) return;
      const look = hiding.lookOfCell(name, row[name] ?? null, row, views);
      if (look.isClear) return;
      // In sight or not, what gives nothing away is exchanged with all that does not.
      const group = look.isNothing ? '' : look.text;
      groups.set(group, [...(groups.get(group) ?? []), i]);
    });
    for (const places of groups.values()) exchange(pairs, places, name, random);
  }
  return exchangeGuarded(hiding, table, pairs, active, random);
}

/** Guarded values exchanged among rows of one entity and group: no sum tells whose a part is. */
export function exchangeGuarded(
  hiding: Hiding,
  table: TableLayout,
  pairs: readonly Pair[],
  active: readonly Guarded[],
  random: Random,
): Pair[] {
  const result = [...pairs];
  const seen = pairs.flatMap(({ before }) =>
    before !== null && hiding.seenAs(table, before).length > 0 ? [before] : [],
  );
  for (const guarded of active) {
    const { name } = guarded.field.column;
    const entity = (row: DataRow): string | null => hiding.entity(guarded, row);
    const kind = { wholeOnly: isWholeOnly(guarded, seen, entity), entity };
    const groups = new Map<string, number[]>();
    result.forEach(({ before, after }, i) => {
      if (before === null || after === null) return;
      const views = hiding.seenAs(table, before);
      if (views.length === 0) return;
      const look = hiding.lookOfCell(name, before[name] ?? null, before, views);
      if (look.isClear) return;
      const group = JSON.stringify([guardedPlace(guarded, before, kind), look.text]);
      groups.set(group, [...(groups.get(group) ?? []), i]);
    });
    for (const places of groups.values()) exchange(result, places, name, random);
  }
  return result;
}

/** Gives the values of a column at these places to other ones of them. */
function exchange(pairs: Pair[], places: readonly number[], column: string, random: Random): void {
  const from = random.shuffle(places);
  const values = from.map((i) => pairs[i]?.after?.[column] ?? null);
  places.forEach((place, i) => {
    const pair = pairs[place];
    if (pair?.after != null)
      pairs[place] = { ...pair, after: { ...pair.after, [column]: values[i] ?? null } };
  });
}
