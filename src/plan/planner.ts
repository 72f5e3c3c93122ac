import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { hashTuple, sha256 } from '../base/index.js';
import type { Model } from '../model/index.js';
import type { ClearanceVector } from '../clearance/index.js';
import type { CacheTally } from '../observe/index.js';
import type { View } from '../view/index.js';
import { readSite } from './aggregate-arguments.js';
import type { FieldArguments, Literal } from './argument-shape.js';
import { readsVariables, takesCursor, type ArgumentReader, type OpenCursor } from './arguments.js';
import { collectFields, type Collected, type Variables } from './collect.js';
import { compile, cursorPlace } from './compile.js';
import { checkCost, type OperationLimits } from './cost.js';
import { type Audience, type CursorCodec } from './cursor.js';
import type { ArgumentLimits } from './literal-reader.js';
import { readOperation, type Operation } from './operation.js';
import type { Plan } from './plan.js';

export type PlanLimits = ArgumentLimits & OperationLimits;

/** What an operation is known by: the caller's view, the document and the operation's name in it. */
export interface OperationRequest {
  readonly view: View;
  readonly document: DocumentNode;
  /** The document's text. */
  readonly source: string;
  readonly definition: OperationDefinitionNode;
  /** Coerced against the view. */
  readonly variables: Variables;
  readonly vector: ClearanceVector;
  readonly vectorKey: string;
  /** For opening cursors. */
  readonly audience: Audience;
  /** The caller's own, where they are other than the deployment's. */
  readonly limits?: PlanLimits;
}

export interface PlannedOperation {
  readonly plan: Plan;
  readonly literals: readonly Literal[];
}

/** The selection of an operation for one setting of its directives, with what does not depend on other variables. */
interface Selected {
  readonly roots: readonly Collected[];
  /** Fields that give records, depth first, with their arguments where no variable is read. */
  readonly sites: readonly { readonly field: Collected; readonly constant: FieldArguments | null }[];
}

interface Known {
  readonly operation: Operation;
  readonly id: Buffer;
  readonly selected: LRUCache<string, Selected>;
  readonly plans: LRUCache<string, Plan>;
}

/** Shapes of one operation that are kept; a caller who sends endless ones pushes out only their own operation's. */
const shapesPerOperation = 32;

/**
 * Finds or makes the plan of an operation. Caches hold nothing of a caller: the key is the view, the document, the
 * clearance vector and the shape; literals are bound when the plan runs.
 */
export class Planner {
  readonly #model: Model;
  readonly #limits: PlanLimits;
  readonly #cursors: CursorCodec;
  readonly #known: LRUCache<string, Known>;
  /** A document that is asked again is the same object: by what it was known last. Hashing it is saved. */
  readonly #last = new WeakMap<
    OperationDefinitionNode,
    { readonly view: View; readonly limits: PlanLimits; readonly key: string }
  >();
  readonly #tally: CacheTally | undefined;
  readonly #limitsKeys = new WeakMap<PlanLimits, string>();

  constructor(model: Model, limits: PlanLimits, cursors: CursorCodec, tally?: CacheTally, operations = 2000) {
    this.#model = model;
    this.#limits = limits;
    this.#cursors = cursors;
    this.#known = new LRUCache({ max: operations });
    this.#tally = tally;
    tally?.of(() => this.plans);
  }

  /** @throws CordonError for arguments, cursors, limits and refusals of the policy */
  plan(request: OperationRequest): PlannedOperation {
    const known = this.#operation(request);
    const openCursor: OpenCursor = (cursor, field, order) =>
      this.#cursors.open(cursor, request.audience, cursorPlace(known.id, field, order));
    const { limits = this.#limits } = request;
    const reader: ArgumentReader = { limits, openCursor, access: request.view.access };
    const { roots, sites } = this.#select(known, request, reader);
    const read = sites.map(({ field, constant }) => constant ?? readSite(field, request.variables, reader));
    const found = new Map(sites.map(({ field }, i) => [field, read[i] ?? null]));
    checkCost(roots, limits, (field) => found.get(field) ?? null);

    const directives = directiveKey(known.operation, request.variables);
    const key = boundedKey(
      JSON.stringify([request.vectorKey, directives, read.map((each) => each?.key ?? null)]),
    );
    let plan = known.plans.get(key);
    this.#tally?.found(plan !== undefined);
    if (plan === undefined) {
      const offsets = new Map<Collected, number>();
      let offset = 0;
      for (const [field, each] of found) {
        offsets.set(field, offset);
        offset += each?.literals.length ?? 0;
      }
      const argumentsOf = (field: Collected) => {
        const each = found.get(field);
        return each == null ? null : { read: each, offset: offsets.get(field) ?? 0 };
      };
      const { view, vector } = request;
      plan = compile({
        view,
        policy: this.#model.policy,
        enums: this.#model.enums,
        vector,
        roots,
        argumentsOf,
        operationId: known.id,
      });
      known.plans.set(key, plan);
    }
    return { plan, literals: read.flatMap((each) => each?.literals ?? []) };
  }

  /** Plans that are kept. */
  get plans(): number {
    let count = 0;
    for (const { plans } of this.#known.values()) count += plans.size;
    return count;
  }

  #operation({ view, document, source, definition, limits = this.#limits }: OperationRequest): Known {
    const last = this.#last.get(definition);
    const again = last?.view === view && last.limits === limits ? this.#known.get(last.key) : undefined;
    if (again !== undefined) return again;
    const id = hashTuple('operation', view.id, sha256(source), definition.name?.value ?? null);
    const key = id.toString('latin1') + this.#limitsKey(limits);
    this.#last.set(definition, { view, limits, key });
    let known = this.#known.get(key);
    if (known === undefined) {
      known = {
        operation: readOperation(document, definition),
        id,
        selected: new LRUCache({ max: shapesPerOperation }),
        plans: new LRUCache({ max: shapesPerOperation }),
      };
      this.#known.set(key, known);
    }
    return known;
  }

  /** What is known of an operation has page sizes in it, so callers of other limits share none of it. */
  #limitsKey(limits: PlanLimits): string {
    let key = limits === this.#limits ? '' : this.#limitsKeys.get(limits);
    if (key === undefined) {
      key = JSON.stringify(limits);
      this.#limitsKeys.set(limits, key);
    }
    return key;
  }

  #select(
    { operation, selected }: Known,
    { view, variables }: OperationRequest,
    reader: ArgumentReader,
  ): Selected {
    const key = directiveKey(operation, variables);
    let found = selected.get(key);
    if (found === undefined) {
      const query = view.schema?.getQueryType();
      if (query == null) throw new Error('a view without a schema has no operations');
      const roots = collectFields(query, operation.definition, operation.fragments, variables);
      const sites = recordFields(roots).map((field) => ({
        field,
        // What reads no variable is the same for every request, but for a cursor, which is some caller's.
        constant: readsVariables(field) || takesCursor(field) ? null : readSite(field, variables, reader),
      }));
      found = { roots, sites };
      selected.set(key, found);
    }
    return found;
  }
}

/** Keys are kept, so a long one is kept as its hash. */
function boundedKey(key: string): string {
  return key.length <= keyCharacters ? key : sha256(key).toString('base64');
}

const keyCharacters = 1000;

function directiveKey({ directiveVariables }: Operation, variables: Variables): string {
  return directiveVariables.length === 0
    ? ''
    : JSON.stringify(directiveVariables.map((name) => variables[name] === true));
}

/** Fields with arguments that decide which records they give. */
function recordFields(fields: readonly Collected[]): Collected[] {
  return fields.flatMap((field) => [
    ...(field.definition.args.length > 0 ? [field] : []),
    ...recordFields(field.children ?? []),
  ]);
}
