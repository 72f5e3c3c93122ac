/** What all charts have in common: their colours, and text and frame as SVG. */
export const colours = {
  cordon: '#0b7a75',
  other: '#b8c0c8',
  text: '#1f2933',
  faint: '#66727f',
  paper: '#ffffff',
};

const escaped = (words: string): string =>
  words.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)?.toString() ?? ''};`);

interface Place {
  readonly x: number;
  readonly y: number;
  readonly size?: number;
  readonly weight?: number;
  readonly colour?: string;
  readonly anchor?: 'start' | 'end';
}

/** Words at a place, in pixels. */
export function text(
  words: string,
  { x, y, size = 13, weight = 400, colour = colours.text, anchor = 'start' }: Place,
): string {
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${colour}" text-anchor="${anchor}">${escaped(words)}</text>`;
}

/** A whole picture. @param drawn label: what it shows, for those who do not see it */
export function svg(drawn: {
  readonly width: number;
  readonly height: number;
  readonly label: string;
  readonly parts: readonly string[];
}): string {
  const { width, height, label, parts } = drawn;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" role="img" aria-label="${escaped(label)}">`,
    `<rect width="${width}" height="${height}" fill="${colours.paper}"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
