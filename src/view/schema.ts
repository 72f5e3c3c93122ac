import {
  GraphQLEnumType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  type GraphQLInputObjectType,
  type GraphQLOutputType,
  type GraphQLScalarType,
} from 'graphql';
import type { ColumnField, Model, RelationField } from '../model/index.js';
import type { Access, FieldAccess, TypeAccess } from './access.js';
import { aggregateFields } from './aggregate.js';
import type { Attributes } from './attributes.js';
import { isConditioned, isNullable } from './nullability.js';
import { filterOf } from './comparisons.js';
import { connectionType, pageArguments } from './connection.js';
import { mean, noMeaning } from './meaning.js';
import { orderInput } from './order.js';
import { traversable, type OfferedRelation } from './related.js';
import { scalars } from './scalars.js';
import { filterInput, listFilterInput, whereInput } from './where.js';

type GraphQLNullableOutput =
  GraphQLScalarType | GraphQLEnumType | GraphQLObjectType | GraphQLList<GraphQLOutputType>;

type Field = GraphQLFieldConfig<unknown, unknown>;

/** The generated types of one view, each made when first needed. */
class SchemaBuilder {
  readonly #model: Model;
  readonly #access: Access;
  readonly #enums = new Map<string, GraphQLEnumType>();
  readonly #composites = new Map<string, GraphQLObjectType>();
  readonly #filters = new Map<string, GraphQLInputObjectType>();
  readonly #records = new Map<string, GraphQLObjectType>();
  readonly #connections = new Map<string, GraphQLObjectType>();
  readonly #pages = new Map<string, GraphQLFieldConfigArgumentMap>();
  readonly #wheres = new Map<string, GraphQLInputObjectType | null>();
  readonly #listFilters = new Map<string, GraphQLInputObjectType>();
  readonly #orders = new Map<string, GraphQLInputObjectType | null>();

  constructor(model: Model, access: Access) {
    this.#model = model;
    this.#access = access;
  }

  build(): GraphQLSchema {
    const fields: GraphQLFieldConfigMap<unknown, unknown> = {};
    for (const access of this.#access.values()) {
      const { type } = access;
      const byKey = this.#byKey(access);
      if (byKey !== null) fields[type.single] = byKey;
      fields[type.plural] = {
        type: this.#connection(access),
        args: this.#page(access),
        description: `Every ${type.name} you may see, in pages.`,
        extensions: noMeaning,
      };
    }
    return new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Query', fields, extensions: mean({ kind: 'query' }) }),
    });
  }

  #byKey(access: TypeAccess): Field | null {
    const { type } = access;
    if (!type.keyFields.every((field) => access.fields.has(field.name))) return null;
    const args = Object.fromEntries(
      type.keyFields.map((field) => [
        field.name,
        { type: new GraphQLNonNull(this.#leaf(field)), extensions: noMeaning },
      ]),
    );
    return {
      type: this.#record(access),
      args,
      description: `The ${type.name} of this key, or null where there is none that you may see.`,
      extensions: noMeaning,
    };
  }

  #leaf(field: ColumnField) {
    return field.type.kind === 'scalar' ? scalars[field.type.name] : this.#enum(field.type.name);
  }

  /** What the field gives where it is not null. */
  #output(field: ColumnField, attributes: Attributes): GraphQLNullableOutput {
    let output: GraphQLNullableOutput =
      field.type.kind === 'composite' ? this.#composite(field.type.name, attributes) : this.#leaf(field);
    for (let depth = 0; depth < field.lists; depth += 1) output = new GraphQLList(output);
    return output;
  }

  /** Every use of a composite has the same attributes, each of which may be null. */
  #composite(name: string, attributes: Attributes): GraphQLObjectType {
    let type = this.#composites.get(name);
    if (type === undefined) {
      const fields = [...attributes.values()].map(({ field, attributes: within }): [string, Field] => [
        field.name,
        { description: field.description, type: this.#output(field, within), extensions: noMeaning },
      ]);
      const description = this.#model.composites.get(name)?.description ?? null;
      type = new GraphQLObjectType({ name, description, fields: Object.fromEntries(fields) });
      this.#composites.set(name, type);
    }
    return type;
  }

  #enum(name: string): GraphQLEnumType {
    let type = this.#enums.get(name);
    if (type === undefined) {
      const { values, description } = this.#model.enums.get(name) ?? {
        values: new Map<string, string>(),
        description: null,
      };
      const entries = [...values].map(
        ([value, label]) => [value, { value: label, extensions: noMeaning }] as const,
      );
      type = new GraphQLEnumType({ name, description, values: Object.fromEntries(entries) });
      this.#enums.set(name, type);
    }
    return type;
  }

  #filter(field: ColumnField): GraphQLInputObjectType {
    const offered = filterOf(field);
    if (offered === null) throw new Error(`${field.coordinate} is not filtered by`);
    let input = this.#filters.get(offered.name);
    if (input === undefined) {
      input = filterInput(offered, this.#leaf(field));
      this.#filters.set(offered.name, input);
    }
    return input;
  }

  #where(access: TypeAccess): GraphQLInputObjectType | null {
    let input = this.#wheres.get(access.type.name);
    if (input === undefined) {
      input = whereInput(access, traversable(access, this.#access), {
        leaf: (field) => this.#filter(field),
        related: (relation) => this.#relatedFilter(relation),
      });
      this.#wheres.set(access.type.name, input);
    }
    return input;
  }

  #relatedFilter({ field, target }: OfferedRelation): GraphQLInputObjectType | null {
    const where = this.#where(target);
    if (where === null || !field.many) return where;
    let input = this.#listFilters.get(target.type.name);
    if (input === undefined) {
      input = listFilterInput(target, where);
      this.#listFilters.set(target.type.name, input);
    }
    return input;
  }

  #order(access: TypeAccess): GraphQLInputObjectType | null {
    let input = this.#orders.get(access.type.name);
    if (input === undefined) {
      input = orderInput(access, traversable(access, this.#access), ({ target }) => this.#order(target));
      this.#orders.set(access.type.name, input);
    }
    return input;
  }

  #page(access: TypeAccess): GraphQLFieldConfigArgumentMap {
    let args = this.#pages.get(access.type.name);
    if (args === undefined) {
      const where = this.#where(access);
      const orderBy = this.#order(access);
      args = {
        ...(where === null ? {} : { where: { type: where, extensions: noMeaning } }),
        ...(orderBy === null
          ? {}
          : { orderBy: { type: new GraphQLList(new GraphQLNonNull(orderBy)), extensions: noMeaning } }),
        ...pageArguments,
      };
      this.#pages.set(access.type.name, args);
    }
    return args;
  }

  #connection(access: TypeAccess): GraphQLObjectType {
    let type = this.#connections.get(access.type.name);
    if (type === undefined) {
      const aggregates = aggregateFields(access, (field) => this.#leaf(field));
      type = connectionType(access, this.#record(access), aggregates);
      this.#connections.set(access.type.name, type);
    }
    return type;
  }

  #record(access: TypeAccess): GraphQLObjectType {
    const { name, description } = access.type;
    let record = this.#records.get(name);
    if (record === undefined) {
      const fields = () =>
        Object.fromEntries(
          [...access.fields.values()].map((field) => [field.field.name, this.#field(access, field)]),
        );
      record = new GraphQLObjectType({
        name,
        description,
        fields,
        extensions: mean({ kind: 'record', access }),
      });
      this.#records.set(name, record);
    }
    return record;
  }

  #field(access: TypeAccess, fieldAccess: FieldAccess): Field {
    const { field } = fieldAccess;
    const { description } = field;
    if (field.kind === 'relation')
      return { description, extensions: noMeaning, ...this.#relation(field, fieldAccess) };
    const output = this.#output(field, fieldAccess.attributes);
    const nullable = isNullable({ ...fieldAccess, field }, access, this.#model.policy);
    return { description, type: nullable ? output : new GraphQLNonNull(output), extensions: noMeaning };
  }

  /** A relation can be null where it can be withheld, and to-one also where the other row may be out of sight. */
  #relation(field: RelationField, access: FieldAccess): Field {
    const target = this.#access.get(field.target);
    if (target === undefined) throw new Error(`${field.coordinate}: its target is not in this view`);
    const certain = [access, ...access.relates].every(
      (each) => each.clearEverywhere && !isConditioned(each.field.mark, this.#model.policy),
    );
    const wrap = (type: GraphQLOutputType & object, sure: boolean) =>
      sure ? new GraphQLNonNull(type as GraphQLObjectType) : type;
    if (!field.many)
      return { type: wrap(this.#record(target), certain && field.guaranteed && target.allRows) };
    if (field.list) {
      const { first, where, orderBy } = this.#page(target);
      const args = {
        ...(where === undefined ? {} : { where }),
        ...(orderBy === undefined ? {} : { orderBy }),
        ...(first === undefined ? {} : { first }),
      };
      return { type: wrap(new GraphQLList(new GraphQLNonNull(this.#record(target))), certain), args };
    }
    return { type: wrap(this.#connection(target), certain), args: this.#page(target) };
  }
}

/** A caller's own GraphQL schema: hidden names are absent from it, so no message, suggestion or introspection can hold one. */
export function buildSchema(model: Model, access: Access): GraphQLSchema {
  return new SchemaBuilder(model, access).build();
}
