import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseKey, type Path, subkey } from './base/index.js';
import type { AnswerKeys } from './gateway/index.js';
import type { WrittenConfig } from './config-form.js';
import type { ColumnKeys } from './sources/index.js';

/** Where keys are, and reading them from there. What is made of them, `config.ts` says. */

/** Variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where one secret is; the secret itself is never written down. */
export type KeyPlace = ({ readonly file: string } | { readonly env: string }) & {
  /** 1-based, for messages. */
  readonly line: number;
};

const keyNames = ['enrolment', 'kek', 'indexRoot', 'mask', 'cursor'] as const;
export type KeyName = (typeof keyNames)[number];

/** One folder that holds every key, made at the first start; or a place for each. */
export type KeyPlaces =
  { readonly folder: string; readonly line: number } | Readonly<Record<KeyName, KeyPlace>>;

/** Places of the keys of encrypted columns, by name. */
export type EncryptionPlaces = ReadonlyMap<
  string,
  { readonly current: KeyPlace; readonly old: readonly KeyPlace[] }
>;

/** @param folder that a file's relative path begins from */
export function placeOf(
  written: { readonly file: string } | { readonly env: string },
  folder: string,
  line: number,
): KeyPlace {
  return 'env' in written ? { ...written, line } : { file: resolve(folder, written.file), line };
}

/** The places of the gateway's own keys as written. */
export function keyPlaces(
  keys: WrittenConfig['keys'],
  folder: string,
  lineOf: (path: Path) => number,
): KeyPlaces {
  if ('folder' in keys) return { folder: resolve(folder, keys.folder), line: lineOf(['keys']) };
  const place = (name: KeyName) => placeOf(keys[name], folder, lineOf(['keys', name]));
  return Object.fromEntries(keyNames.map((name) => [name, place(name)])) as Record<KeyName, KeyPlace>;
}

/** The places of encryption keys as written. */
export function encryptionPlaces(
  written: WrittenConfig['encryption'],
  folder: string,
  lineOf: (path: Path) => number,
): EncryptionPlaces {
  return new Map(
    Object.entries(written).map(([name, { current, old }]) => {
      const path = ['encryption', name];
      return [
        name,
        {
          current: placeOf(current, folder, lineOf([...path, 'current'])),
          old: old.map((each, i) => placeOf(each, folder, lineOf([...path, 'old', i]))),
        },
      ] as const;
    }),
  );
}

/** A key's text; empty where there is none. */
export function readKey(place: KeyPlace, environment: Environment): string {
  if ('env' in place) return environment[place.env] ?? '';
  try {
    return readFileSync(place.file, 'utf8');
  } catch {
    return '';
  }
}

/** An Ed25519 private key in PEM, or null. */
export function parseEnrolment(pem: string): Buffer | null {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'ed25519' ? Buffer.from(pem) : null;
  } catch {
    return null;
  }
}

/** What must be there instead, as a sentence. */
export function missingKey(name: string, place: KeyPlace, form: string): string {
  const from = 'env' in place ? `the variable ${place.env}` : place.file;
  return `The key "${name}" is not there: ${from} must hold ${form}.`;
}

export const keyForm = '32 bytes in base64 (openssl rand -base64 32)';

/** The keys at these places. @param missing told of each that is not there */
export function readColumnKeys(
  places: EncryptionPlaces,
  environment: Environment,
  missing: (line: number, message: string) => void,
): ReadonlyMap<string, ColumnKeys> {
  const read = (name: string, place: KeyPlace): Buffer => {
    const key = parseKey(readKey(place, environment));
    if (key === null) missing(place.line, missingKey(name, place, keyForm));
    return key ?? Buffer.alloc(0);
  };
  return new Map(
    [...places].map(([name, { current, old }]) => [
      name,
      { current: read(name, current), old: old.map((place) => read(name, place)) },
    ]),
  );
}

/** The version follows from the key that pseudonyms are made with, so that a new key cannot go with old views. */
export function answerKeys({ mask, cursor }: Readonly<Record<'mask' | 'cursor', Buffer>>): AnswerKeys {
  return { mask, cursor, version: subkey(mask, 'answers', 'version').toString('hex', 0, 8) };
}
