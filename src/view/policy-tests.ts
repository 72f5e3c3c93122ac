import type { Problem } from '../base/index.js';
import type { Model } from '../model/index.js';
import type { PolicyTest } from '../policy/index.js';
import { guaranteed } from './exposure.js';

/** Why the test does not hold, or null. Its roles and its field exist: the model was loaded with it. */
function failure({ as, field, expect }: PolicyTest, model: Model): string | null {
  const roles = [...as].sort().flatMap((name) => model.policy.roles.get(name) ?? []);
  const { decision, usages } = guaranteed(field, model, roles);
  const who = as.join(' with ');
  if (expect.kind === 'sees')
    return decision === expect.decision
      ? null
      : `${who} is to see ${field} ${expect.decision}; it is ${decision}.`;
  return usages.includes(expect.usage)
    ? `${who} is not to ${expect.usage.toLowerCase()} ${field}; the policy gives it ${decision}, with ${usages.join(', ')}.`
    : null;
}

/**
 * Holds the policy to its own `tests`. "sees" is what holds on every row the roles see, conditions aside; "cannot" is a
 * usage that no row offers, and reading a mask is reading.
 */
export function checkPolicyTests(model: Model): readonly Problem[] {
  const { file, tests } = model.policy;
  return tests.flatMap((test) => {
    const message = failure(test, model);
    return message === null ? [] : [{ file, line: test.line, code: 'POLICY_TEST_FAILED', message }];
  });
}
