/** Edits that turn one word into the other; changes of case count as none, so that `Pricing` finds `pricing`. */
function distance(a: string, b: string): number {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

/** The known name that was probably meant, or null where none is near: at most two edits in five letters. */
export function nearest(written: string, known: Iterable<string>): string | null {
  let best: { name: string; edits: number } | null = null;
  for (const name of known) {
    const edits = distance(written, name);
    if (edits > Math.max(1, Math.floor(written.length * 0.4))) continue;
    if (best === null || edits < best.edits) best = { name, edits };
  }
  return best?.name ?? null;
}

/**
 * The mend for an unknown name, for the end of a problem's message: ` Did you mean "pricing"?`, else what there is.
 * Only for messages to those who write schema and policy; a caller never gets a suggestion.
 */
export function didYouMean(written: string, known: Iterable<string>): string {
  const names = [...known];
  const meant = nearest(written, names);
  if (meant !== null) return ` Did you mean "${meant}"?`;
  if (names.length === 0) return ' There is none.';
  const shown = names.slice(0, 12).map((name) => `"${name}"`);
  return ` There is ${shown.join(', ')}${names.length > shown.length ? ' and more' : ''}.`;
}
