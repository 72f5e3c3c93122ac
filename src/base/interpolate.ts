import type { Path } from './yaml.js';

const variable = /\$\{([^}]*)\}/g;

/**
 * Plain data with every `${NAME}` in its texts replaced. Done after parsing, so that no value can change what the file
 * around it says; keys stay as they are.
 * @param lookUp the value of a variable, told also where it is named
 */
export function interpolate(
  data: unknown,
  lookUp: (name: string, path: Path) => string,
  path: Path = [],
): unknown {
  if (typeof data === 'string') return data.replace(variable, (_, name: string) => lookUp(name, path));
  if (Array.isArray(data)) return data.map((item, i) => interpolate(item, lookUp, [...path, i]));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, interpolate(value, lookUp, [...path, key])]),
  );
}
