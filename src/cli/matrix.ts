import type { Exposure } from '../view/index.js';
import { conditionWords } from '../review/index.js';
import { table, wrapped } from './output.js';

/** One line of the exposure matrix, of one role. */
export interface MatrixLine extends Omit<Exposure, 'place'> {
  readonly role: string;
}

const words: Readonly<Record<Exposure['decision'], string>> = {
  CLEAR: 'clear',
  MASKED: 'masked',
  AGGREGATE: 'aggregate',
  DENIED: 'denied',
  HIDDEN: '.',
};

const legend = [
  'clear: the value · masked: its mask · denied: null, and why · aggregate: computed over only · .: not in the schema',
  '*: on some rows or under conditions · a/b: the one on some rows, else the other · all of it: --role <role>',
];

/** `clear*`, then a slash and `masked`, where some rows are clear and the others are not. */
function cell(lines: readonly MatrixLine[]): string {
  return lines
    .map(({ decision, rows, conditions }) => {
      const limited = rows.length > 0 || (conditions !== null && conditionWords(conditions) !== '');
      return `${words[decision]}${limited ? '*' : ''}`;
    })
    .join('/');
}

/** A column of the matrix: its head, and a cell for each coordinate. */
type Column = readonly string[];

const widthOf = (column: Column): number => Math.max(...column.map(({ length }) => length));

/** The columns in blocks, each of them no wider than the room there is, and each of one column at least. */
function blocks(columns: readonly Column[], room: number): readonly (readonly Column[])[] {
  const found: Column[][] = [];
  let left = 0;
  for (const column of columns) {
    const needed = widthOf(column) + 2;
    const last = found.at(-1);
    if (last === undefined || needed > left) {
      found.push([column]);
      left = room - needed;
    } else {
      last.push(column);
      left -= needed;
    }
  }
  return found;
}

/**
 * All roles side by side, a coordinate a line. Where they are wider than the terminal, the roles follow each other in
 * blocks.
 * @param lines of every role, in the order of the schema
 * @param width characters of a line
 */
export function matrix(roles: readonly string[], lines: readonly MatrixLine[], width: number): string {
  const classes = new Map(lines.map(({ coordinate, secretClass }) => [coordinate, secretClass ?? 'open']));
  const coordinates = [...classes.keys()];
  const byCell = new Map<string, MatrixLine[]>();
  for (const line of lines) {
    const id = `${line.role} ${line.coordinate}`;
    byCell.set(id, [...(byCell.get(id) ?? []), line]);
  }
  const heads: readonly Column[] = [
    ['coordinate', ...coordinates],
    ['class', ...classes.values()],
  ];
  const columns = roles.map((role): Column => [
    role,
    ...coordinates.map((coordinate) => cell(byCell.get(`${role} ${coordinate}`) ?? [])),
  ]);
  const taken = heads.reduce((sum, head) => sum + widthOf(head) + 2, -2);
  const text = blocks(columns, width - taken).map((block) => {
    const all = [...heads, ...block];
    return table(['', ...coordinates].map((_, row) => all.map((column) => column[row] ?? '')));
  });
  return [...text, legend.map((line) => wrapped(line, width, 0)).join('\n')].join('\n\n');
}
