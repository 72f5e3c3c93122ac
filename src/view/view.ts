import type { GraphQLSchema } from 'graphql';
import { hashTuple, type Canonical } from '../base/index.js';
import type { Model } from '../model/index.js';
import { resolveAccess, type Access, type TypeAccess } from './access.js';
import { withAttributes } from './attributes.js';
import { isConditioned } from './nullability.js';
import { buildSchema } from './schema.js';

/** A caller's own GraphQL schema, and the decisions it was made from. Frozen; shared by all callers of equal rights. */
export interface View {
  /** Hash of the resolved matrix with the versions of schema, policy and keys; hex. */
  readonly id: string;
  readonly access: Access;
  /** Null where the caller may see no type at all. */
  readonly schema: GraphQLSchema | null;
  /** Classes some cell of which is clear under conditions: what clearance evaluates. */
  readonly conditioned: readonly string[];
}

function canonicalType({ type, rows, fields }: TypeAccess): Canonical {
  const cells = [...withAttributes(fields.values())].map(({ field, arms, attributes }) => [
    field.name,
    arms.map((arm) => [arm.grantor, arm.decision, JSON.stringify(arm.when)]),
    attributes.size,
  ]);
  return [type.name, rows.map((row) => [row.grantor, JSON.stringify(row.when)]), cells];
}

function conditionedClasses(access: Access, model: Model): string[] {
  const classes = new Set<string>();
  for (const type of access.values()) {
    for (const { field, arms } of withAttributes(type.fields.values())) {
      const { mark } = field;
      if (
        mark.kind === 'secret' &&
        isConditioned(mark, model.policy) &&
        arms.some((arm) => arm.decision === 'CLEAR')
      )
        classes.add(mark.secretClass);
    }
  }
  return [...classes].sort();
}

/**
 * Builds the view of some roles and scopes.
 * @param roleNames known to the policy, sorted; unknown names give nothing
 * @param keyVersion version of the mask and cursor keys; a rotation makes new views
 */
export function buildView(
  model: Model,
  roleNames: readonly string[],
  scopes: readonly string[],
  keyVersion: string,
): View {
  const roles = roleNames.map((name) => model.policy.roles.get(name)).filter((role) => role !== undefined);
  const access = resolveAccess(model, roles, scopes);
  const id = hashTuple(
    'view',
    model.version,
    model.policy.version,
    keyVersion,
    [...access.values()].map(canonicalType),
  ).toString('hex');
  return Object.freeze({
    id,
    access,
    schema: access.size === 0 ? null : buildSchema(model, access),
    conditioned: conditionedClasses(access, model),
  });
}
