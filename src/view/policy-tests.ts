import type { Problem } from '../base/index.js';
import type { Model } from '../model/index.js';
import type { PolicyTest } from '../policy/index.js';
import { guaranteed } from './exposure.js';

function failure({ as, field, expect }: PolicyTest, model: Model): { code: string; message: string } | null {
  const roles = [...as].sort().flatMap((name) => model.policy.roles.get(name) ?? []);
  const found = guaranteed(field, model, roles);
  const who = as.join(' with ');
  if (found === null)
    return { code: 'UNKNOWN_COORDINATE', message: `There is no ${field} in the schema; name a Type.field.` };
  const { decision, usages } = found;
  if (expect.kind === 'sees')
    return decision === expect.decision
      ? null
      : {
          code: 'POLICY_TEST_FAILED',
          message: `${who} is to see ${field} ${expect.decision}; it is ${decision}.`,
        };
  return usages.includes(expect.usage)
    ? {
        code: 'POLICY_TEST_FAILED',
        message: `${who} is not to ${expect.usage.toLowerCase()} ${field}; the policy gives it ${decision}, with ${usages.join(', ')}.`,
      }
    : null;
}

/**
 * Holds the policy to its own `tests`. "sees" is what holds on every row the roles see, conditions aside; "cannot" is a
 * usage that no row offers, and reading a mask is reading.
 */
export function checkPolicyTests(model: Model): readonly Problem[] {
  const { file, tests } = model.policy;
  return tests.flatMap((test) => {
    const failed = failure(test, model);
    return failed === null ? [] : [{ file, line: test.line, ...failed }];
  });
}
