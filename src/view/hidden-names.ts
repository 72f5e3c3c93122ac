import {
  getNamedType,
  isEnumType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import type { Model } from '../model/index.js';
import { resolveAccess, type Access } from './access.js';
import { buildSchema } from './schema.js';
import type { View } from './view.js';

/**
 * Which hidden names a document tries: names that the model has and this view lacks. For the ledger alone; the caller
 * gets the answer of a gateway that never heard of them.
 */
export class HiddenNames {
  readonly #schema: GraphQLSchema | null;

  constructor(model: Model) {
    const everything = [...model.policy.classes.keys()].map(
      (name) => [name, { clear: { kind: 'all' }, otherwise: 'HIDDEN' }] as const,
    );
    const role = { name: '', rows: { kind: 'all' }, classes: new Map(everything), control: [] } as const;
    const access: Access = resolveAccess(model, [role], ['read:*']);
    this.#schema = access.size === 0 ? null : buildSchema(model, access);
  }

  /** Coordinates in document order, each once: `Customer.creditLimit`, `CustomerWhere.creditLimit`. */
  find(document: DocumentNode, view: View): string[] {
    if (this.#schema === null) return [];
    const found = new Set<string>();
    const typeInfo = new TypeInfo(this.#schema);
    const note = (typeName: string | undefined, fieldName: string, known: unknown) => {
      if (typeName === undefined || known == null) return;
      const visible = view.schema?.getType(typeName);
      const fields = visible !== undefined && 'getFields' in visible ? visible.getFields() : {};
      if (!(fieldName in fields)) found.add(`${typeName}.${fieldName}`);
    };
    visit(
      document,
      visitWithTypeInfo(typeInfo, {
        Field: ({ name }) =>
          note(
            typeInfo.getParentType()?.name,
            name.value,
            name.value.startsWith('__') ? null : typeInfo.getFieldDef(),
          ),
        EnumValue: ({ value }) => {
          const type = typeInfo.getInputType();
          const enumName = type == null ? undefined : getNamedType(type).name;
          const visible = enumName === undefined ? undefined : view.schema?.getType(enumName);
          const known = isEnumType(visible) && visible.getValue(value) != null;
          if (enumName !== undefined && typeInfo.getEnumValue() != null && !known)
            found.add(`${enumName}.${value}`);
        },
        ObjectField: ({ name }) => {
          const parent = typeInfo.getParentInputType();
          note(parent == null ? undefined : getNamedType(parent).name, name.value, typeInfo.getInputType());
        },
      }),
    );
    return [...found];
  }
}
