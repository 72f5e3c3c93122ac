import {
  getArgumentValues,
  getIntrospectionQuery,
  getNamedType,
  GraphQLObjectType,
  Kind,
  parse,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { CordonError } from '../base/index.js';

/** How often a caller may read their whole schema with one operation. What asks for it once is whatever a tool sends. */
const schemasPerOperation = 2;
/** A schema of few types is small enough for any question. */
const leastBudget = 10_000;

type Values = Readonly<Record<string, unknown>>;
type Field = GraphQLField<unknown, unknown>;

/** Walks what introspection would answer, and stops at the first field that is one too many. */
class Walk {
  fields = 0;
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #variables: Values;
  readonly #budget: number;

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Values, budget: number) {
    this.#schema = schema;
    this.#variables = variables;
    this.#budget = budget;
    const fragments = document.definitions.flatMap((each) =>
      each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [],
    );
    this.#fragments = new Map(fragments);
  }

  /** @throws CordonError OPERATION_TOO_LARGE */
  selection(
    { selections }: SelectionSetNode,
    fieldOf: (name: string) => Field | undefined,
    of: unknown,
  ): void {
    for (const node of selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) this.selection(node.selectionSet, fieldOf, of);
      else if (node.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = this.#fragments.get(node.name.value);
        if (fragment !== undefined) this.selection(fragment.selectionSet, fieldOf, of);
      } else {
        const field = fieldOf(node.name.value);
        if (field === undefined) continue;
        this.fields += 1;
        if (this.fields > this.#budget) throw tooLarge();
        if (node.selectionSet === undefined) continue;
        const given = getArgumentValues(field, node, this.#variables);
        // Fields of introspection look at the schema alone, and resolve at once.
        const info = { schema: this.#schema } as unknown as GraphQLResolveInfo;
        this.#values(field, field.resolve?.(of, given, undefined, info), node.selectionSet);
      }
    }
  }

  #values(field: Field, value: unknown, below: SelectionSetNode): void {
    const type = getNamedType(field.type);
    if (!(type instanceof GraphQLObjectType)) return;
    const fields = type.getFields();
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value])
      if (each !== null && each !== undefined) this.selection(below, (name) => fields[name], each);
  }
}

const roots = new Map<string, Field>([
  ['__schema', SchemaMetaFieldDef],
  ['__type', TypeMetaFieldDef],
]);

function tooLarge(): CordonError {
  return new CordonError('OPERATION_TOO_LARGE', {
    message: `The operation asks for more of the schema than the whole of it, ${schemasPerOperation} times.`,
  });
}

const whole = parse(
  getIntrospectionQuery({
    schemaDescription: true,
    directiveIsRepeatable: true,
    inputValueDeprecation: true,
    specifiedByUrl: true,
    oneOf: true,
  }),
  { noLocation: true },
);

const budgets = new WeakMap<GraphQLSchema, number>();

function budgetOf(schema: GraphQLSchema): number {
  let budget = budgets.get(schema);
  if (budget === undefined) {
    const walk = new Walk(schema, whole, {}, Infinity);
    for (const each of whole.definitions)
      if (each.kind === Kind.OPERATION_DEFINITION)
        walk.selection(each.selectionSet, (name) => roots.get(name), undefined);
    budget = Math.max(leastBudget, schemasPerOperation * walk.fields);
    budgets.set(schema, budget);
  }
  return budget;
}

/**
 * Introspection has a budget of its own, which grows with the schema: types lead to fields and these to types again, so
 * a short document can ask for each of them by way of every other.
 * @throws CordonError OPERATION_TOO_LARGE
 */
export function checkIntrospection(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Values,
): void {
  const walk = new Walk(schema, document, variables, budgetOf(schema));
  walk.selection(operation.selectionSet, (name) => roots.get(name), undefined);
}
