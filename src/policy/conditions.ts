import { CordonError, type ErrorCode, type Log } from '../base/index.js';
import type { Facts } from './facts.js';
import type { Policy, SecretClass } from './policy.js';
import { chain, rule, type ShieldRule } from './shield.js';

/** What the rules of a class are evaluated against: one request, one class. Nothing in it outlives the request. */
export interface ConditionContext {
  readonly policy: Policy;
  readonly facts: Facts;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly personId: string;
  readonly organisation: string | null;
  /** The caller's roles in grantor order. */
  readonly roles: readonly string[];
  readonly purpose: string | null;
  /** Seconds since 1970, and the methods of RFC 8176. */
  readonly authTime: number | null;
  readonly authMethods: readonly string[];
  readonly log: Log;
  /** For the log. */
  readonly requestId?: string;
  /** Ids of agreements and trainings that were relied on are added here, for the ledger. */
  readonly reliedOn: Set<string>;
}

type Check = (context: ConditionContext, secretClass: SecretClass) => boolean;

/** Positions of the caller's roles for which the declared purpose covers the class. */
export function purposeGrantors(context: ConditionContext, secretClass: string): readonly number[] {
  const purpose = context.purpose === null ? undefined : context.policy.purposes.get(context.purpose);
  if (purpose?.classes.includes(secretClass) !== true) return [];
  return context.roles.flatMap((role, grantor) => (purpose.roles.includes(role) ? [grantor] : []));
}

function relyOn(context: ConditionContext, id: string | null): boolean {
  if (id !== null) context.reliedOn.add(id);
  return id !== null;
}

/** Each condition, in the order it is checked: the first that is unmet is the one the caller is told. */
const checks: readonly {
  readonly code: ErrorCode;
  readonly asked: (secretClass: SecretClass) => boolean;
  readonly met: Check;
}[] = [
  {
    code: 'AGREEMENT_REQUIRED',
    asked: ({ conditions }) => conditions.agreement !== null,
    met: (context, { name, conditions: { agreement } }) => {
      const { personId, organisation, now } = context;
      return (
        agreement !== null &&
        relyOn(
          context,
          context.facts.agreementInForce({ kind: agreement, secretClass: name, organisation, personId, now }),
        )
      );
    },
  },
  {
    code: 'TRAINING_REQUIRED',
    asked: ({ conditions }) => conditions.training !== null,
    met: (context, { conditions: { training } }) =>
      training !== null &&
      relyOn(
        context,
        context.facts.trainingCurrent({ course: training, personId: context.personId, now: context.now }),
      ),
  },
  {
    code: 'PURPOSE_REQUIRED',
    asked: ({ conditions }) => conditions.purpose,
    met: (context, { name }) => purposeGrantors(context, name).length > 0,
  },
  {
    code: 'MFA_REQUIRED',
    asked: ({ conditions }) => conditions.mfaWithinSeconds !== null,
    met: ({ authTime, authMethods, now }, { conditions: { mfaWithinSeconds } }) =>
      authTime !== null &&
      mfaWithinSeconds !== null &&
      authMethods.includes('mfa') &&
      authTime * 1000 <= now &&
      now - authTime * 1000 <= mfaWithinSeconds * 1000,
  },
];

/** What a caller may be told who does not meet a class's conditions, in the order of being checked. */
export function conditionCodes(secretClass: SecretClass): readonly ErrorCode[] {
  return checks.filter(({ asked }) => asked(secretClass)).map(({ code }) => code);
}

/**
 * The shield rules of a class, as one chain. `no_cache`: a rule's answer is for one request only. A rule returns its
 * Error, since shield turns a throw into a bare denial; one that throws denies with CONDITION_UNKNOWN and is logged.
 */
export function conditionChain(secretClass: SecretClass): ShieldRule {
  const rules = checks
    .filter(({ asked }) => asked(secretClass))
    .map(({ code, met }) => {
      // Made once: most requests meet a condition that is unmet, and an error's stack is dear.
      const unmet = new CordonError(code);
      return rule(`${secretClass.name}-${code}`, { cache: 'no_cache' })(
        (_parent: unknown, _args: unknown, context: ConditionContext) => {
          try {
            return met(context, secretClass) || unmet;
          } catch (cause) {
            context.log.error(
              {
                requestId: context.requestId,
                class: secretClass.name,
                condition: code,
                error: String(cause),
              },
              'a condition could not be evaluated',
            );
            return new CordonError('CONDITION_UNKNOWN');
          }
        },
      );
    });
  return chain(...rules);
}
