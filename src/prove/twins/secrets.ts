import type { Model } from '../../model/index.js';
import type { Dataset } from '../data/dataset.js';
import { hostile } from '../data/hostile.js';
import type { Projection } from '../sight/projection.js';
import { canaryPattern } from '../data/values.js';

/** Whatever could hold one of them. */
const likeCanaries = /zq[a-z0-9]+|\d{8,}/g;

/** Numbers at the ends of ranges are in many columns, and come about by adding up: they tell nothing of where they are from. */
const common: ReadonlySet<string> = new Set(
  Object.values(hostile).flatMap((values) => values.flatMap((value) => value.match(canaryPattern) ?? [])),
);
const charactersLeast = 4;
const isTelling = (mark: string): boolean => !common.has(mark) && new Set(mark).size >= charactersLeast;

/**
 * Texts that only hidden values have: those made to be recognised, in any value of the data sets, but for what the caller
 * may see, masks and all, and what the schema itself says.
 */
export function secretsOf(datasets: readonly Dataset[], seen: Projection, model: Model): readonly string[] {
  const visible = [
    ...[...seen.records.values()].flatMap((records) => [...records.keys(), ...records.values()]),
    model.sdl,
    model.policy.text,
  ]
    .flatMap((text) => text.match(likeCanaries) ?? [])
    .join(' ');
  return marksOf(datasets).filter((canary) => !visible.includes(canary));
}

/** Texts by which values are recognised, whoever may see them. */
export function marksOf(datasets: readonly Dataset[]): readonly string[] {
  const found = new Set<string>();
  for (const { tables } of datasets) {
    for (const rows of tables.values())
      for (const row of rows)
        for (const value of Object.values(row))
          for (const mark of value?.match(canaryPattern) ?? []) if (isTelling(mark)) found.add(mark);
  }
  return [...found];
}
