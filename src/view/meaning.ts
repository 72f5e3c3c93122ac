import type { GraphQLInputObjectType, GraphQLObjectType } from 'graphql';
import type { TypeAccess } from './access.js';

/** What a generated object type stands for; plan reads it instead of taking names apart. */
export type Meaning =
  | { readonly kind: 'query' }
  | { readonly kind: 'record' | 'connection' | 'edge'; readonly access: TypeAccess }
  | { readonly kind: 'pageInfo' };

const meanings = new WeakMap<GraphQLObjectType | GraphQLInputObjectType, Meaning>();

/** Notes what the type stands for, and returns it. */
export function mean(type: GraphQLObjectType, meaning: Meaning): GraphQLObjectType {
  meanings.set(type, meaning);
  return type;
}

/** What a type of a view stands for; undefined for introspection types. */
export function meaningOf(type: GraphQLObjectType): Meaning | undefined {
  return meanings.get(type);
}
