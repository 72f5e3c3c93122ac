import { z } from 'zod';
import { didYouMean } from './suggest.js';

/**
 * Forms of what people write in YAML. Every `error` is the mend: the sentence that follows "… is not understood: " or
 * "… is missing: ".
 */

/** A map with these keys and no others. One sentence for each unknown key, one a line. */
export function strictForm<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `"${key}" is not known here.${didYouMean(key, known)}`).join('\n')
        : `write a map of ${known.join(', ')}`,
  });
}

/** A map by name, whose values are checked apart. */
export const mapForm = (what: string) => z.record(z.string(), z.unknown(), { error: `write a map: ${what}` });

export const textForm = (mend: string) => z.string({ error: mend }).min(1, { error: mend });

const unitMilliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * `15m` as milliseconds.
 * @param units that may be written, and an example of each for the mend
 */
export function durationForm(units: Readonly<Partial<Record<keyof typeof unitMilliseconds, string>>>) {
  const names = Object.keys(units) as (keyof typeof unitMilliseconds)[];
  const examples = Object.values(units);
  const error = `write a time such as ${examples.slice(0, -1).join(', ')} or ${examples.at(-1) ?? ''}`;
  return z
    .string({ error })
    .regex(new RegExp(`^[1-9]\\d{0,5}(?:${names.join('|')})$`), { error })
    .transform((written) => {
      const amount = parseInt(written, 10);
      return amount * unitMilliseconds[written.slice(String(amount).length) as keyof typeof unitMilliseconds];
    });
}

/**
 * A whole number in these bounds; digits in a text count as one, since a variable of the environment is a text.
 * @param otherwise what may be written besides, for the mend
 */
export function integerForm(min: number, max: number, otherwise = '') {
  const error = `write a whole number from ${min} to ${max}${otherwise}`;
  const digits = (value: unknown) =>
    typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return z.preprocess(digits, z.int({ error }).min(min, { error }).max(max, { error }));
}

const unitBytes = { '': 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;

const sizeMend = 'write a size such as 65536, 100kB or 16MiB';

/** `100kB` as bytes. */
export const sizeForm = z
  .union([z.int().transform(String), z.string()], { error: sizeMend })
  .pipe(
    z
      .string()
      .regex(new RegExp(`^[1-9]\\d{0,8}(?:${Object.keys(unitBytes).join('|')})$`), { error: sizeMend }),
  )
  .transform((written) => {
    const amount = parseInt(written, 10);
    return amount * unitBytes[written.slice(String(amount).length) as keyof typeof unitBytes];
  });
