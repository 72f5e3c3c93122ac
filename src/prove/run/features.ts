import {
  getNamedType,
  isInputObjectType,
  isObjectType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import type { Answer } from '../gateways/client.js';
import { membersOf, type Schemas } from '../operations/names.js';
import type { Operation } from '../operations/operation.js';

/** What a run is to have tried, each as often as it could. */
export const features = [
  'where',
  'whereRelation',
  'whereCombined',
  'not',
  'like',
  'jsonPath',
  'range',
  'orderBy',
  'orderByRelation',
  'page',
  'backwardPage',
  'cursor',
  'forgedCursor',
  'byKey',
  'relation',
  'relationThrough',
  'aggregate',
  'guardedAggregate',
  'groupBy',
  'alias',
  'fragment',
  'namedFragment',
  'variable',
  'variableDefault',
  'directive',
  'typename',
  'introspection',
  'hiddenName',
  'hiddenFilter',
  'secretLiteral',
  'wrongType',
  'syntaxError',
  'answeredWithData',
  'answeredWithRows',
  'withheld',
  'masked',
  'error',
  'refused',
] as const;
export type Feature = (typeof features)[number];

/** How often each was tried. */
export type FeatureCounts = Record<Feature, number>;
/** How often each was tried of those that there are in a deployment. */
export type OfferedCounts = Readonly<Partial<FeatureCounts>>;

export const noFeatures = (): FeatureCounts =>
  Object.fromEntries(features.map((name) => [name, 0])) as FeatureCounts;

/** A feature that was tried less often says nothing. */
const seldom = 5;

/** The features of which a run has tried too little, with how often it did. */
export function scarce(counts: OfferedCounts): readonly (readonly [Feature, number])[] {
  return features.flatMap((name) => {
    const count = counts[name] ?? seldom;
    return count < seldom ? [[name, count] as const] : [];
  });
}

/** What features are told by. */
export interface Offer extends Schemas {
  /** Relations through tables between, by their coordinates. */
  readonly through: ReadonlySet<string>;
}

const isRange = (filter: GraphQLInputObjectType): boolean => 'overlaps' in filter.getFields();

/** Whether an input is what is compared at a path of a document. */
const isAtPath = (type: GraphQLInputType | null | undefined): boolean => {
  const named = type == null ? undefined : getNamedType(type);
  return isInputObjectType(named) && 'path' in named.getFields();
};

/** Without the features that no caller of the deployment could try, whatever they ask. */
export function ofOffer(
  counts: Readonly<FeatureCounts>,
  { full, through }: Omit<Offer, 'own'>,
): OfferedCounts {
  const filters = Object.values(full.getTypeMap()).filter((type) => isInputObjectType(type));
  const absent: readonly (Feature | false)[] = [
    !filters.some((type) => isAtPath(type.getFields()['at']?.type)) && 'jsonPath',
    !filters.some(isRange) && 'range',
    through.size === 0 && 'relationThrough',
  ];
  return Object.fromEntries(Object.entries(counts).filter(([name]) => !absent.includes(name as Feature)));
}

/** What the document of an operation tries. */
function asked(operation: Operation, schemas: Offer, isSecret: (text: string) => boolean): Set<Feature> {
  const found = new Set<Feature>();
  const { document } = operation;
  if (document === null) return found.add('syntaxError');
  const info = new TypeInfo(schemas.full);
  const hidden = (typeName: string | undefined, name: string, feature: Feature) => {
    if (typeName === undefined || membersOf(schemas.own, typeName).includes(name)) return;
    if (!membersOf(schemas.full, typeName).includes(name)) return;
    found.add('hiddenName').add(feature);
  };
  const literal = ({ value }: { readonly value: string }): void => {
    if (isSecret(value)) found.add('secretLiteral');
  };
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: ({ name: { value: name }, alias, directives = [] }) => {
        const parent = info.getParentType()?.name;
        hidden(parent, name, 'hiddenName');
        if (alias !== undefined) found.add('alias');
        if (directives.length > 0) found.add('directive');
        if (schemas.through.has(`${parent}.${name}`)) found.add('relationThrough');
        for (const feature of fieldFeatures(name, parent, info, schemas.own)) found.add(feature);
      },
      Argument: ({ name: { value: name }, value }) => {
        const feature = argumentFeatures[name];
        if (feature !== undefined && value.kind !== Kind.VARIABLE) found.add(feature);
      },
      ObjectField: ({ name: { value: name } }) => {
        const parent = info.getParentInputType();
        const type = parent == null ? undefined : getNamedType(parent).name;
        hidden(type, name, 'hiddenFilter');
        const inner = info.getInputType();
        const isRelated = inner != null && isInputObjectType(getNamedType(inner));
        if (name === 'like' || name === 'ilike') found.add('like');
        if (isAtPath(inner)) found.add('jsonPath');
        if (schemas.through.has(`${type?.replace(/Where$/, '')}.${name}`)) found.add('relationThrough');
        const filter = parent == null ? undefined : getNamedType(parent);
        if (isInputObjectType(filter) && isRange(filter)) found.add('range');
        if (name === 'not') found.add('not');
        else if (name === 'and' || name === 'or') found.add('whereCombined');
        else if (type?.endsWith('OrderBy') && isRelated) found.add('orderByRelation');
        else if (/(Where|ListFilter)$/.test(inner == null ? '' : getNamedType(inner).name))
          found.add('whereRelation');
      },
      InlineFragment: () => void found.add('fragment'),
      FragmentDefinition: () => void found.add('fragment').add('namedFragment'),
      VariableDefinition: ({ defaultValue }) => {
        found.add('variable');
        if (defaultValue !== undefined) found.add('variableDefault');
      },
      StringValue: literal,
      IntValue: literal,
      FloatValue: literal,
    }),
  );
  pageFeatures(operation, found, isSecret);
  return found;
}

const argumentFeatures: Readonly<Record<string, Feature>> = {
  where: 'where',
  orderBy: 'orderBy',
  by: 'groupBy',
  first: 'page',
  last: 'backwardPage',
  after: 'cursor',
  before: 'cursor',
};

function fieldFeatures(
  name: string,
  parent: string | undefined,
  info: TypeInfo,
  own: GraphQLSchema | null,
): Feature[] {
  if (name === '__typename') return ['typename'];
  if (name.startsWith('__')) return ['introspection'];
  const type = info.getType();
  const named = type == null ? undefined : getNamedType(type);
  const found: Feature[] = [];
  if (name === 'aggregate') found.push('aggregate');
  const record = parent?.replace(/AggregateNumbers$/, '');
  // Sums of what is not given itself are guarded.
  const isNumbers = parent !== undefined && record !== undefined && record !== parent;
  if (isNumbers && membersOf(own, parent).includes(name) && !membersOf(own, record).includes(name))
    found.push('guardedAggregate');
  const takes = info.getFieldDef()?.args ?? [];
  if (parent === 'Query' && takes.length > 0 && takes.every(({ name: each }) => each !== 'first'))
    found.push('byKey');
  if (parent !== 'Query' && isObjectType(named) && takes.length > 0 && name !== 'groupBy')
    found.push('relation');
  return found;
}

/** Of pages that are moved by variables, and of comparands that variables hold. */
function pageFeatures(
  { variables }: Operation,
  found: Set<Feature>,
  isSecret: (text: string) => boolean,
): void {
  for (const [name, value] of Object.entries(variables)) {
    const feature = argumentFeatures[name];
    if (feature !== undefined && value !== null) found.add(feature);
    const texts = JSON.stringify(value).match(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?/g) ?? [];
    if (texts.some((text) => isSecret(text.replace(/^"|"$/g, '')))) found.add('secretLiteral');
  }
}

const wrongType =
  /"BAD_USER_INPUT"|cannot represent|Expected value of type|is written as text|does not exist in/;

/** What an answer shows of the operation. */
function answered({ body }: Answer): Feature[] {
  const found: Feature[] = [];
  const data = body.includes('"data":{');
  if (data) found.push('answeredWithData');
  if (data && /"(nodes|edges|groupBy)[^"]*":\[\{|"[a-zA-Z0-9_]+":\[\{/.test(body))
    found.push('answeredWithRows');
  if (body.includes('"withheld":[{')) found.push('withheld');
  if (body.includes('"masked":["')) found.push('masked');
  if (!body.includes('"errors":[')) return found;
  found.push('error');
  if (!data) found.push('refused');
  if (body.includes('"INVALID_CURSOR"')) found.push('forgedCursor');
  if (wrongType.test(body)) found.push('wrongType');
  return found;
}

/** Counts what was tried, by a walk over each operation and its answer. */
export function countFeatures(
  counts: FeatureCounts,
  operation: Operation,
  answer: Answer,
  schemas: Offer,
  isSecret: (text: string) => boolean,
): void {
  for (const feature of new Set([...asked(operation, schemas, isSecret), ...answered(answer)]))
    counts[feature] += 1;
}
