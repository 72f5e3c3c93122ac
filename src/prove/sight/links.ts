import type { RelationField, RelationLink, TypeModel } from '../../model/index.js';
import type { DataRow } from '../data/dataset.js';
import { keyOfLink, keyOfType } from '../data/layout.js';
import type { Sight } from './sight.js';
import { recordKey, type Perspective } from './views.js';

/** A relation through a table that is in the caller's sight. */
interface Through {
  readonly relation: RelationField;
  readonly link: RelationLink;
  readonly type: TypeModel;
  readonly target: TypeModel;
  /** Types bound to the table between. */
  readonly bound: readonly TypeModel[];
  /** Key of that table. */
  readonly table: string;
}

function throughs({ model, views }: Perspective): readonly Through[] {
  const typesOf = (names: readonly string[]) => names.flatMap((name) => model.types.get(name) ?? []);
  return views.flatMap(({ type, relations }) =>
    relations.flatMap((relation): Through[] => {
      const { through: link } = relation;
      const [target] = typesOf([relation.target]);
      if (link === null || target === undefined) return [];
      return [{ relation, link, type, target, bound: typesOf(link.types), table: keyOfLink(type, link) }];
    }),
  );
}

/** Which records the caller is told belong together by tables that stand between. */
export class Links {
  readonly #throughs: readonly Through[];
  readonly #sight: Sight;

  constructor(perspective: Perspective, sight: Sight) {
    this.#throughs = throughs(perspective);
    this.#sight = sight;
  }

  /** Columns of a table by which the caller is led through it. */
  columns(table: string): readonly string[] {
    return this.#throughs
      .filter((each) => each.table === table)
      .flatMap(({ link }) => [...link.from, ...link.to].map(({ name }) => name));
  }

  /** What a row of a table links, as texts: none where nobody is told of it. */
  of(table: string, row: DataRow): readonly string[] {
    return this.#throughs.filter((each) => each.table === table).flatMap((each) => this.#pairs(each, row));
  }

  /** All that is linked, by the relation. However many links there are of two records, it is one. */
  told(tables: ReadonlyMap<string, readonly DataRow[]>): ReadonlyMap<string, string> {
    return new Map(
      this.#throughs.map((each) => {
        const pairs = (tables.get(each.table) ?? []).flatMap((row) => this.#pairs(each, row));
        return [each.relation.coordinate, JSON.stringify([...new Set(pairs)].toSorted())];
      }),
    );
  }

  #pairs({ relation, link, type, target, bound }: Through, row: DataRow): readonly string[] {
    const sight = this.#sight;
    if (!bound.every((each) => sight.sees(each, row))) return [];
    const here = sight.joins
      .follow({ from: link.from, to: relation.from }, keyOfType(type), row)
      .filter((each) => sight.sees(type, each) && sight.cell(type, relation.mark, each) === 'CLEAR');
    if (here.length === 0) return [];
    const there = sight.joins
      .follow({ from: link.to, to: relation.to }, keyOfType(target), row)
      .filter((each) => sight.sees(target, each));
    return here.flatMap((a) =>
      there.map((b) => JSON.stringify([relation.coordinate, recordKey(type, a), recordKey(target, b)])),
    );
  }
}
