import {
  getNullableType,
  getOperationAST,
  getVariableValues,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  parse,
  typeFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { CordonError, type ErrorCode } from '../base/index.js';
import type { ClearanceVector } from '../clearance/index.js';
import type { TriedDocument } from '../documents/index.js';
import { DocumentSizes } from '../gateway/index.js';
import type { Model } from '../model/index.js';
import { CursorCodec, Planner } from '../plan/index.js';
import { conditionCodes, LimitsByRole, type CallerLimits } from '../policy/index.js';
import type { View } from '../view/index.js';

/** Why a document that the schema takes is not answered. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

export interface Tried {
  /** For everybody with the role. */
  readonly always: Refusal | null;
  /** For whoever a condition is not met for: class → what they are told. */
  readonly unmet: ReadonlyMap<string, Refusal>;
}

/** Values of the moment, not of the document. */
const ofVariables: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['BAD_USER_INPUT', 'INVALID_CURSOR']);

/**
 * Plans documents as a gateway would for a role, with every condition met and with each unmet. Required variables are
 * given a value of their type, the others none: what depends on them is the caller's.
 */
export class DocumentTrial {
  readonly #model: Model;
  readonly #limits: LimitsByRole<CallerLimits>;
  readonly #sizes = new DocumentSizes();
  readonly #planner: Planner;

  /** @param limits the deployment's, which roles without limits of their own have */
  constructor(model: Model, limits: CallerLimits) {
    this.#model = model;
    this.#limits = new LimitsByRole(limits, model.policy.roles);
    // Nothing is run that would make a cursor, and none is opened.
    this.#planner = new Planner(model, limits, new CursorCodec(Buffer.alloc(32)));
  }

  /** @param document that is valid on the schema of the role's view */
  try(role: string, view: View, document: TriedDocument): Tried {
    const limits = this.#limits.of([role]);
    const oversized = sizeRefusal(document.text, limits, this.#sizes);
    const always = oversized ?? this.#plan(view, document, new Map(), limits);
    if (always !== null) return { always, unmet: new Map() };
    const unmet = new Map<string, Refusal>();
    for (const name of view.conditioned) {
      const secretClass = this.#model.policy.classes.get(name);
      // Who meets none is told of the first.
      const [code] = secretClass === undefined ? [] : conditionCodes(secretClass);
      if (code === undefined) continue;
      const refusal = this.#plan(view, document, new Map([[name, { met: false, code }]]), limits);
      if (refusal !== null) unmet.set(name, refusal);
    }
    return { always: null, unmet };
  }

  #plan(view: View, { text }: TriedDocument, vector: ClearanceVector, limits: CallerLimits): Refusal | null {
    const { schema } = view;
    const document = parse(text);
    const definition = getOperationAST(document);
    if (schema === null || definition == null) return null;
    const { coerced = {} } = getVariableValues(
      schema,
      definition.variableDefinitions ?? [],
      sampleVariables(schema, definition),
    );
    try {
      this.#planner.plan({
        view,
        document,
        source: text,
        definition,
        variables: coerced,
        vector,
        vectorKey: JSON.stringify([...vector]),
        audience: Buffer.alloc(0),
        limits,
      });
      return null;
    } catch (error) {
      if (!(error instanceof CordonError)) throw error;
      const { code, message } = error;
      return ofVariables.has(code) && (definition.variableDefinitions ?? []).length > 0
        ? null
        : { code, message };
    }
  }
}

/** Why a document is refused before anybody validates it, if it is. */
export function sizeRefusal(text: string, limits: CallerLimits, sizes: DocumentSizes): Refusal | null {
  try {
    sizes.check(text, limits);
    return null;
  } catch (error) {
    if (!(error instanceof CordonError)) throw error;
    return { code: error.code, message: error.message };
  }
}

function sampleVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { variable, type: written, defaultValue } of variableDefinitions) {
    const type = typeFromAST(schema, written);
    if (defaultValue === undefined && isInputType(type) && isNonNullType(type))
      values[variable.name.value] = sampleOf(type);
  }
  return values;
}

const samples: Readonly<Record<string, unknown>> = {
  Int: 1,
  Float: 1,
  Boolean: true,
  Decimal: '1',
  BigInt: '1',
  Date: '2026-01-01',
  DateTime: '2026-01-01T00:00:00Z',
  LocalDateTime: '2026-01-01T00:00:00',
  Time: '00:00:00',
  UUID: '00000000-0000-0000-0000-000000000000',
};

function sampleOf(written: GraphQLInputType): unknown {
  const type = getNullableType(written);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return samples[type.name] ?? '1';
  const fields = Object.values(type.getFields()).filter((field, i) =>
    type.isOneOf ? i === 0 : isRequiredInputField(field),
  );
  return Object.fromEntries(fields.map((field) => [field.name, sampleOf(field.type)]));
}
