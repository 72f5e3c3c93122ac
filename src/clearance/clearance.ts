import type { GraphQLResolveInfo } from 'graphql';
import { CordonError } from '../base/index.js';
import {
  conditionChain,
  purposeGrantors,
  type ConditionContext,
  type Policy,
  type ShieldRule,
} from '../policy/index.js';
import type { View } from '../view/index.js';
import type { ClassClearance, ClearanceVector } from './vector.js';

/** What holds for this request: per conditioned class of the view, met or the first unmet condition. */
export interface Clearance {
  readonly vector: ClearanceVector;
  /** The vector as a string; equal vectors, equal strings. */
  readonly key: string;
  /** Agreements and trainings relied on, for the ledger. */
  readonly reliedOn: readonly string[];
}

// A rule gets a parent, arguments and resolver info from shield where it wraps a field; here there is no field.
const noField = {} as GraphQLResolveInfo;
const options = { debug: false, allowExternalErrors: false, hashFunction: () => '' } as never;

/** Evaluates each class's chain of shield rules, once per request. */
export class ClearanceRules {
  readonly #chains: ReadonlyMap<string, ShieldRule>;

  constructor(policy: Policy) {
    this.#chains = new Map(
      [...policy.classes.values()].map((secretClass) => [secretClass.name, conditionChain(secretClass)]),
    );
  }

  /** Never rejects: what cannot be evaluated is unmet. */
  async evaluate(view: View, context: ConditionContext): Promise<Clearance> {
    const classes = view.conditioned.filter((name) => this.#chains.has(name));
    const results = await Promise.all(
      classes.map(async (name) => [name, await this.#evaluateClass(name, context)] as const),
    );
    return { vector: new Map(results), key: JSON.stringify(results), reliedOn: [...context.reliedOn].sort() };
  }

  async #evaluateClass(name: string, context: ConditionContext): Promise<ClassClearance> {
    const result = await this.#chains.get(name)?.resolve({}, {}, context as never, noField, options);
    if (result instanceof CordonError) return { met: false, code: result.code };
    if (result !== true) return { met: false, code: 'CONDITION_UNKNOWN' };
    const asksPurpose = context.policy.classes.get(name)?.conditions.purpose === true;
    return { met: true, grantors: asksPurpose ? purposeGrantors(context, name) : null };
  }
}
