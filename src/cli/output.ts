/** Standard output is the answer of a command; everything about its progress goes to standard error. */

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** What a last column is given where there is no room: less is no column. */
const leastRoom = 20;

/** Columns as wide as their widest cell, the last broken between words to fit into the width; the first row is the head. */
export function table(rows: readonly (readonly string[])[], width = Infinity): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  const last = widths.length - 1;
  const start = widths.slice(0, last).reduce((sum, each) => sum + each + 2, 0);
  const room = Math.max(width - start, leastRoom);
  return rows
    .map((row) =>
      row
        .map((cell, i) =>
          i === last
            ? wrapped(cell, room, 0).replaceAll('\n', `\n${' '.repeat(start)}`)
            : cell.padEnd(widths[i] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Characters of a line of the terminal; without end where standard output is none. */
export function terminalWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : Infinity;
}

/** Broken between words where it is longer than the width, what follows indented. */
export function wrapped(text: string, width: number, indent: number): string {
  const start = /^ */.exec(text)?.[0] ?? '';
  const lines: string[] = [];
  let line = start;
  for (const word of text.slice(start.length).split(' ')) {
    const empty = line.trim() === '';
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${' '.repeat(indent)}${word}`;
    } else line = empty ? `${line}${word}` : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

/** One line on a terminal that is written over; nothing where standard error is a file. */
export function progressLine(): { show(text: string): void; done(): void } {
  if (!process.stderr.isTTY) return { show: () => undefined, done: () => undefined };
  const clear = '\r\u001b[K';
  return {
    show: (text) => void process.stderr.write(`${clear}${text.slice(0, process.stderr.columns - 1)}`),
    done: () => void process.stderr.write(clear),
  };
}

/** `1 problem`, `2 problems`, `12,000 entries` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
