/** Open parentheses: around a subselect, whose clauses get lines of their own, or around anything else. */
interface Place {
  readonly subselect: boolean;
  /** Spaces before the line that opened it. */
  readonly outside: number;
}

const clauses = /^ (?=(?:from|where|order by|limit|offset|(?:cross|left) join lateral) )/;
const quoted = /^(?:"(?:[^"]|"")*"|'(?:[^']|'')*')/;

/** Breaks a statement into lines: one for each clause and each selected column, subselects indented. */
export function layOut(statement: string): string {
  const places: Place[] = [];
  let text = '';
  let spaces = 0;
  let rest = statement;
  const take = (length: number, written = rest.slice(0, length)) => {
    text += written;
    rest = rest.slice(length);
  };
  const newLine = (indent: number) => {
    spaces = indent;
    text += `\n${' '.repeat(indent)}`;
  };
  const inside = () => (places.length === 0 ? 0 : places.at(-1)!.outside + 2);
  while (rest !== '') {
    const inSubselect = places.at(-1)?.subselect ?? true;
    const whole = quoted.exec(rest)?.[0];
    if (whole !== undefined) take(whole.length);
    else if (rest.startsWith('(')) {
      const subselect = rest.startsWith('(select');
      places.push({ subselect, outside: spaces });
      take(1);
      if (subselect) newLine(inside());
    } else if (rest.startsWith(')')) {
      const { subselect, outside } = places.pop()!;
      if (subselect) newLine(outside);
      take(1);
    } else if (inSubselect && rest.startsWith(', ')) {
      take(2, ',');
      newLine(inside() + 2);
    } else if (inSubselect && clauses.test(rest)) {
      take(1, '');
      newLine(inside());
    } else take(1);
  }
  return text.replaceAll(/ +$/gm, '');
}
