import type { PgType } from '../catalog/index.js';
import { whereKeywords } from '../model/index.js';
import { draftColumn, type Naming } from './columns.js';
import type { CompositeMarks } from './composite-marks.js';
import type { CompositeDraft } from './draft.js';
import { isApart, takeName, typeNameFrom } from './identifiers.js';

/** What tells the composite types of all sources apart. */
export function compositeId(source: string, { cast }: PgType): string {
  return JSON.stringify([source, cast]);
}

/** The composites of a draft: one for each composite type of a database that a field gives out, whatever the columns. */
export class CompositeDrafts {
  readonly #taken: Set<string>;
  /** Null for those of which nothing can be served. */
  readonly #drafts = new Map<string, CompositeDraft | null>();

  /** @param taken names of types, and those that are kept; grows */
  constructor(taken: Set<string>) {
    this.#taken = taken;
  }

  /** Those within others come first. */
  get all(): readonly CompositeDraft[] {
    return [...this.#drafts.values()].filter((draft) => draft !== null);
  }

  /** The type that gives out a composite; null where none of its attributes can be served. */
  nameOf(source: string, type: PgType, marks: CompositeMarks, naming: Naming): string | null {
    const id = compositeId(source, type);
    const known = this.#drafts.get(id);
    if (known !== undefined) return known?.name ?? null;
    const fields = new Set<string>(whereKeywords);
    const place = { source, marks, naming, taken: fields, isKey: false, isPointing: false };
    const attributes = [...type.attributes.values()].map((attribute) => {
      const mark = marks.of(type, attribute.name);
      const said = {
        judgement: mark?.judgement ?? marks.within(attribute.type),
        evidence: mark?.evidence ?? null,
      };
      return draftColumn(attribute, said, place);
    });
    const isServed = attributes.some(({ field }) => field !== null);
    const draft = isServed ? { name: this.#name(type), source, type, attributes } : null;
    this.#drafts.set(id, draft);
    return draft?.name ?? null;
  }

  /** `address_t` is `Address`, where that is free. */
  #name({ schema, cast }: PgType): string {
    const own = /(?:^|\.)(?:"((?:[^"]|"")*)"|([^".]*))$/.exec(cast);
    const name = own?.[1] ?? own?.[2] ?? '';
    const candidates = [
      typeNameFrom('Composite', name.replace(/_(t|type)$/i, '')),
      typeNameFrom('Composite', name),
      typeNameFrom('Composite', schema, name),
      `${typeNameFrom('Composite', name)}Value`,
    ];
    return takeName(this.#taken, candidates, (candidate) => isApart(candidate, this.#taken));
  }
}
