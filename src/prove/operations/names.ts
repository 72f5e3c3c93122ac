import { isEnumType, isInputObjectType, isObjectType, type GraphQLSchema } from 'graphql';

/** The two schemas that a caller is tried with. */
export interface Schemas {
  /** What the caller sees; null where that is nothing. */
  readonly own: GraphQLSchema | null;
  /** What somebody sees for whom nothing is hidden: every name there is. */
  readonly full: GraphQLSchema;
}

/** Names of a type's fields, inputs or values. */
export function membersOf(schema: GraphQLSchema | null, typeName: string): readonly string[] {
  const type = schema?.getType(typeName);
  if (isEnumType(type)) return type.getValues().map(({ name }) => name);
  if (isObjectType(type) || isInputObjectType(type)) return Object.keys(type.getFields());
  return [];
}

/** Tells names that the caller sees from those that they do not. */
export class Names {
  readonly schemas: Schemas;
  readonly #known = new Map<
    string,
    { readonly visible: readonly string[]; readonly hidden: readonly string[] }
  >();

  constructor(schemas: Schemas) {
    this.schemas = schemas;
  }

  /** Of a type by its name. */
  of(typeName: string): { readonly visible: readonly string[]; readonly hidden: readonly string[] } {
    let found = this.#known.get(typeName);
    if (found === undefined) {
      const own = new Set(membersOf(this.schemas.own, typeName));
      const all = membersOf(this.schemas.full, typeName);
      found = { visible: all.filter((name) => own.has(name)), hidden: all.filter((name) => !own.has(name)) };
      this.#known.set(typeName, found);
    }
    return found;
  }

  /** Types that the caller does not know of. */
  hiddenTypes(): readonly string[] {
    const own = this.schemas.own?.getTypeMap() ?? {};
    return Object.keys(this.schemas.full.getTypeMap()).filter((name) => !(name in own));
  }
}
