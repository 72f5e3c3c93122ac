import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A test that says which rows of the catalogue it covers. */
export interface AttackTest {
  readonly rows: readonly number[];
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
}

const text = (node: ts.Node | undefined): string | null =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : null;

function rowsOf(node: ts.Node | undefined): readonly number[] | null {
  if (node === undefined || !ts.isArrayLiteralExpression(node)) return null;
  const rows = node.elements.map((each) => (ts.isNumericLiteral(each) ? Number(each.text) : NaN));
  return rows.every(Number.isInteger) ? rows : null;
}

/** `attack(rows, name, …)` and `attack.each(rows, …)(name, …)`. */
function attackOf({ expression, arguments: [first, second] }: ts.CallExpression) {
  if (expression.getText() === 'attack') return { rows: rowsOf(first), name: text(second) };
  if (ts.isCallExpression(expression) && expression.expression.getText() === 'attack.each')
    return { rows: rowsOf(expression.arguments[0]), name: text(first) };
  return null;
}

/** @throws where rows or name are not written out, for nobody would know what the test shows */
function testsIn(file: string, source: string): AttackTest[] {
  const found: AttackTest[] = [];
  const visit = (node: ts.Node, within: readonly string[]): void => {
    let titles = within;
    if (ts.isCallExpression(node)) {
      const attack = attackOf(node);
      if (attack !== null) {
        const { rows, name } = attack;
        if (rows === null || name === null)
          throw new Error(`${file}: attack(${node.getText().slice(0, 60)}: write rows and name out`);
        found.push({ rows, name: [...within, name].join(': '), file });
      }
      const title = node.expression.getText().startsWith('describe') ? text(node.arguments[0]) : null;
      if (title !== null) titles = [...within, title];
    }
    ts.forEachChild(node, (child) => visit(child, titles));
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true), []);
  return found;
}

/** Every such test of the repository, by file. */
export function findAttackTests(repository: string): AttackTest[] {
  const names = readdirSync(join(repository, 'test'), { recursive: true, encoding: 'utf8' });
  const files = names
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/${name.replaceAll('\\', '/')}`);
  files.sort();
  return files.flatMap((file) => testsIn(file, readFileSync(join(repository, file), 'utf8')));
}
