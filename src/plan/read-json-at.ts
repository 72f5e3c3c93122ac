import { builtInType } from '../catalog/index.js';
import type { ColumnField } from '../model/index.js';
import type { WhereShape } from './argument-shape.js';
import type { LiteralReader } from './literal-reader.js';

/** As the view's scalar hands them over: JSON values as text. */
interface JsonAt {
  readonly path: readonly string[];
  readonly eq?: unknown;
  readonly in?: readonly unknown[];
  readonly isNull?: boolean;
}

/**
 * Comparisons with what is at a path of a document, as a shape.
 * @param countTerm is told of each
 * @throws CordonError BAD_USER_INPUT, OPERATION_TOO_LARGE
 */
export function readJsonAt(
  input: unknown,
  field: ColumnField,
  path: readonly string[],
  literals: LiteralReader,
  countTerm: () => void,
): WhereShape {
  const { path: steps, ...comparisons } = input as JsonAt;
  const { type } = field.column;
  const read = literals.itemsOf(steps, [...path, 'path'], (step, here) =>
    literals.valueOf(step, builtInType('text'), 'String', here),
  );
  const at = { kind: 'at' as const, field, path: literals.add(read) };
  const json = (value: unknown, here: readonly string[]) => literals.valueOf(value, type, 'JSON', here);
  const terms = Object.entries(comparisons).map(([comparison, value]: [string, unknown]): WhereShape => {
    const here = [...path, comparison];
    countTerm();
    if (value === null) throw literals.wrong(here, 'is null; compare with isNull');
    switch (comparison) {
      case 'eq':
        return { ...at, comparison, literal: literals.add(json(value, here)) };
      case 'in':
        return {
          ...at,
          comparison,
          literal: literals.add(literals.itemsOf(value as readonly unknown[], here, json)),
        };
      default: {
        const isNull: WhereShape = { ...at, comparison: 'isNull' };
        return value === true ? isNull : { kind: 'not', term: isNull };
      }
    }
  });
  if (terms.length === 0)
    throw literals.wrong(path, 'compares with nothing; add eq, in or isNull to the path');
  return { kind: 'and', terms };
}
