import type { RelationField } from '../model/index.js';
import type { RowCondition } from '../policy/index.js';
import type { TypeAccess } from '../view/index.js';

/** The permitted row that records are reached from, and the relation of its type that reaches them, in one statement. */
export interface RowAbove {
  readonly access: TypeAccess;
  readonly relation: RelationField;
  /** Whether each such row is met once in a result. */
  readonly distinct: boolean;
}

/**
 * Whether every row that the relation reaches is permitted because the row above is. A row rule through a relation asks
 * that a row behind it exists on which the same rule holds; where the join goes that relation backwards, the row above
 * is that row. Asking again would find it again, for each row below.
 */
export function impliedByRowAbove(below: TypeAccess, above: RowAbove | null): boolean {
  if (above === null || above.access.allRows || above.access.rows.length === 0) return false;
  // Any of the conditions may be the one that holds above, so each must be enough below.
  return above.access.rows.every((held) =>
    below.rows.some((wanted) => implies(held.when, wanted.when, below, above)),
  );
}

function implies(held: RowCondition, wanted: RowCondition, below: TypeAccess, above: RowAbove): boolean {
  const known = new Set(held.flat().map((part) => JSON.stringify(part)));
  return wanted
    .flat()
    .every((part) => known.has(JSON.stringify(part)) && bindsBackwards(part.by, below, above));
}

/** Whether a binding for `by` goes back over the join: to the type above, and over none but joined columns. */
function bindsBackwards(by: string, { type }: TypeAccess, { access, relation }: RowAbove): boolean {
  // Of a relation through a table, columns of the two ends are not equal to each other.
  if (relation.through !== null) return false;
  return type.rows.some((binding) => {
    if (binding.kind !== 'via' || binding.by !== by) return false;
    const { target, from, to } = binding.relation;
    return (
      target === access.type.name &&
      from.every((column, i) =>
        relation.to.some(
          (joined, j) => joined.name === column.name && relation.from[j]?.name === to[i]?.name,
        ),
      )
    );
  });
}
