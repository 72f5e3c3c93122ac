import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { CordonError, type ErrorCode } from '../base/index.js';
import type { FieldModel } from '../model/index.js';
import type { SecretClass, Usage } from '../policy/index.js';
import type { FieldAccess, Meaning, TypeAccess } from '../view/index.js';
import { readSite } from './aggregate-arguments.js';
import type { Compute } from './aggregate-selection.js';
import type { FieldArguments } from './argument-shape.js';
import { recordsOf } from './arguments.js';
import type { Cell } from './cell.js';
import { collectFields, type Collected, type Variables } from './collect.js';
import { decideField, unclear, unmetOf, unusable, type Rights } from './decide.js';
import type { ArgumentLimits } from './literal-reader.js';
import { readOperation } from './operation.js';
import { usesOf, type Use } from './uses.js';

/** What becomes of one selected field, or of a field that an argument or an aggregate uses. */
export interface FieldDecision {
  /** Response names from the root; `customers(where)` for what an argument uses. */
  readonly path: readonly string[];
  readonly usage: Usage;
  /** What is computed, of an aggregate. */
  readonly compute: Compute | null;
  readonly field: FieldModel;
  readonly type: TypeAccess;
  /** AGGREGATE: it is computed over in groups that are large enough, and given in no other way. */
  readonly cell: Cell | { readonly kind: 'AGGREGATE'; readonly rule: NonNullable<SecretClass['aggregate']> };
  /** Why the field's class is not clear for this request; null where it is, or where the policy itself does not clear it. */
  readonly unmet: ErrorCode | null;
}

interface Explained extends Rights {
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly variables: Variables;
  readonly limits: ArgumentLimits;
}

/** The decisions of an operation in the order of the answer, with those on its arguments. Takes none that the plan does not take. */
export function explainFields(request: Explained): readonly FieldDecision[] {
  const query = request.view.schema?.getQueryType();
  if (query == null) return [];
  const { fragments } = readOperation(request.document, request.definition);
  const roots = collectFields(query, request.definition, fragments, request.variables);
  return roots.flatMap((root) => new Explainer(request).field(root, null));
}

/** A composite that is looked into. */
interface Within {
  readonly type: TypeAccess;
  readonly access: FieldAccess;
  /** What the secret whole has decided for all that is within it; null where each attribute decides. */
  readonly whole: Cell | null;
}

class Explainer {
  readonly #request: Explained;

  constructor(request: Explained) {
    this.#request = request;
  }

  /** @param within the composite whose attribute the field may be */
  field(field: Collected, within: Within | null): FieldDecision[] {
    const meaning = field.parent.extensions['cordon'] as Meaning | undefined;
    if (meaning?.kind === 'connection' && field.definition.name === 'aggregate')
      return this.#aggregate(field, meaning.access);
    if (meaning?.kind === 'connection' && field.definition.name === 'groupBy')
      return this.#groups(field, meaning.access);
    const type = meaning?.kind === 'record' ? meaning.access : within?.type;
    const fields = meaning?.kind === 'record' ? meaning.access.fields : within?.access.attributes;
    const access = fields?.get(field.definition.name);
    const children = (inner: Within | null) =>
      (field.children ?? []).flatMap((child) => this.field(child, inner));
    if (access === undefined || type === undefined) return [...this.#arguments(field), ...children(null)];
    const cell = within?.whole ?? decideField(access, type, this.#request);
    const decides = access.attributes.size > 0 && access.field.mark.kind === 'secret';
    const inner = { type, access, whole: within?.whole ?? (decides ? cell : null) };
    const usage = access.field.kind === 'relation' ? 'RELATE' : 'READ';
    return [this.#of(field.path, usage, access, type, cell), ...this.#arguments(field), ...children(inner)];
  }

  #of(
    path: readonly string[],
    usage: Usage,
    access: FieldAccess,
    type: TypeAccess,
    cell: Cell,
    compute: Compute | null = null,
  ): FieldDecision {
    const unmet = unmetOf(access, this.#request.vector);
    return { path, usage, compute, field: access.field, type, cell, unmet };
  }

  /** What filters and orders of a field that gives records use. */
  #arguments(field: Collected): FieldDecision[] {
    const records = recordsOf(field);
    const shape = records === null ? undefined : this.#read(field)?.shape;
    if (records === null || shape === undefined) return [];
    const told = (argument: string, uses: readonly Use[]) => {
      const path = [...field.path.slice(0, -1), `${field.responseName}(${argument})`];
      // A field that is compared twice is decided once.
      const different = new Map(uses.map((use) => [`${use.usage} ${use.field.coordinate}`, use]));
      return [...different.values()].flatMap((use) => this.#use(path, use));
    };
    return [
      ...told('where', usesOf({ ...shape, order: [] }, records)),
      ...told('orderBy', usesOf({ ...shape, where: null }, records)),
    ];
  }

  #use(path: readonly string[], { field, access: type, usage }: Use): FieldDecision[] {
    const access = type.fields.get(field.name);
    if (access === undefined) return [];
    const code = unusable(access, this.#request);
    const cell: Cell = code === null ? decideField(access, type, this.#request) : { kind: 'REFUSED', code };
    return [this.#of(path, usage, access, type, cell)];
  }

  #groups(field: Collected, type: TypeAccess): FieldDecision[] {
    const by = this.#read(field)?.shape.order.flatMap((term) => term.field ?? []) ?? [];
    const path = [...field.path.slice(0, -1), `${field.responseName}(by)`];
    const grouped = by.flatMap((each) => this.#use(path, { field: each, access: type, usage: 'GROUP' }));
    const given = (field.children ?? []).flatMap((child) => {
      if (child.definition.name === 'aggregate') return this.#aggregate(child, type);
      return (child.children ?? []).flatMap((key) => {
        const access = type.fields.get(key.definition.name);
        return access === undefined
          ? []
          : [this.#of(key.path, 'GROUP', access, type, decideField(access, type, this.#request))];
      });
    });
    return [...grouped, ...given];
  }

  #aggregate({ children }: Collected, type: TypeAccess): FieldDecision[] {
    return (children ?? []).flatMap((computed) =>
      (computed.children ?? []).flatMap((value) =>
        this.#computed(value, computed.definition.name as Compute, type),
      ),
    );
  }

  #computed({ definition, path }: Collected, compute: Compute, type: TypeAccess): FieldDecision[] {
    const guard = type.guarded.get(definition.name);
    const { mark } = guard?.field ?? {};
    const rule =
      mark?.kind === 'secret' ? this.#request.policy.classes.get(mark.secretClass)?.aggregate : null;
    if (guard !== undefined && rule != null) {
      const { field } = guard;
      return [
        { path, usage: 'AGGREGATE', compute, field, type, cell: { kind: 'AGGREGATE', rule }, unmet: null },
      ];
    }
    const access = type.fields.get(definition.name);
    if (access === undefined) return [];
    const code = unclear(access, this.#request);
    const cell: Cell = code === null ? { kind: 'CLEAR' } : { kind: 'REFUSED', code };
    return [this.#of(path, 'AGGREGATE', access, type, cell, compute)];
  }

  /** Arguments that are not understood are for the plan to refuse: nothing is decided on what they name. */
  #read(field: Collected): FieldArguments | null {
    const { limits, view, variables } = this.#request;
    try {
      return readSite(field, variables, { limits, openCursor: () => null, access: view.access });
    } catch (error) {
      if (error instanceof CordonError) return null;
      throw error;
    }
  }
}
