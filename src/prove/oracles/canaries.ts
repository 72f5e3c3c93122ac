/** Shorter secrets are found in anything. */
const shortest = 4;

/** The text as Base64 has it within longer bytes: at each of three offsets, without the characters that it shares. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const start = Math.ceil((offset * 8) / 6);
    const end = Math.floor(((offset + bytes.length) * 8) / 6);
    const inner = encoded.slice(start, end);
    // Few characters would be found by chance.
    return inner.length < 6 ? [] : [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function formsOf(secret: string): string[] {
  const hex = Buffer.from(secret).toString('hex');
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    hex,
    hex.toUpperCase(),
    encodeURIComponent(secret.toWellFormed()),
    ...base64Forms(secret),
  ];
}

const pairAt = (text: string, at: number): number =>
  ((text.charCodeAt(at) & 255) << 8) | (text.charCodeAt(at + 1) & 255);

/** Finds secrets in texts, in plain or encoded, by how they begin: one walk over the text however many there are. */
export class Canaries {
  readonly #byBeginning = new Map<string, { readonly form: string; readonly secret: string }[]>();
  /** How beginnings begin: most places of a text are passed over at the price of one look. */
  readonly #pairs = new Uint8Array(65_536);

  constructor(secrets: readonly string[]) {
    for (const secret of new Set(secrets)) {
      if (secret.length < shortest) continue;
      for (const form of new Set(formsOf(secret))) {
        const beginning = form.slice(0, shortest);
        this.#pairs[pairAt(form, 0)] = 1;
        const known = this.#byBeginning.get(beginning);
        if (known === undefined) this.#byBeginning.set(beginning, [{ form, secret }]);
        else known.push({ form, secret });
      }
    }
  }

  /** Secrets that are in the text. */
  find(text: string): ReadonlySet<string> {
    const found = new Set<string>();
    if (this.#byBeginning.size === 0) return found;
    for (let at = 0; at + shortest <= text.length; at += 1) {
      if (this.#pairs[pairAt(text, at)] === 0) continue;
      const here = this.#byBeginning.get(text.slice(at, at + shortest));
      for (const { form, secret } of here ?? []) if (text.startsWith(form, at)) found.add(secret);
    }
    return found;
  }
}
