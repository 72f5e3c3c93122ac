/** Objects, lists and maps made immutable, with all that is in them; bytes stay as they are, since they cannot be frozen. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) {
    return value;
  }
  if (value instanceof Map) sealMap(value);
  Object.freeze(value);
  const inside: readonly unknown[] = value instanceof Map ? [...value].flat() : Object.values(value);
  inside.forEach(deepFreeze);
  return value;
}

/** Freezing a Map leaves its entries open; these three are all the ways in. */
function sealMap(map: Map<unknown, unknown>): void {
  for (const method of ['set', 'delete', 'clear']) {
    Object.defineProperty(map, method, {
      value: () => {
        throw new TypeError('this map is frozen');
      },
    });
  }
}
