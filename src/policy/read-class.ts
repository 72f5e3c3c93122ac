import type { Path } from '../base/index.js';
import { isName } from './names.js';
import type { SecretClass } from './policy.js';
import type { PolicyReporter } from './reporter.js';
import { classForm } from './schema.js';

/** One of `classes`. Null where it is not understood, and reported. */
export function readClass(name: string, value: unknown, report: PolicyReporter): SecretClass | null {
  const path: Path = ['classes', name];
  if (!isName(name)) {
    const message = `The class "${name}" becomes a name in SDL: letters, digits and _ only, not true, false or null.`;
    report.add(path, 'INVALID_NAME', message);
  }
  const form = report.check(classForm, value, path);
  if (form === undefined) return null;
  const { conditions, aggregate } = form;
  return {
    name,
    title: form.title,
    conditions: {
      agreement: conditions?.agreement ?? null,
      training: conditions?.training ?? null,
      purpose: conditions?.purpose ?? false,
      mfaWithinSeconds: conditions?.mfa_within ?? null,
    },
    otherwise: form.otherwise,
    maskedUse: form.masked_use,
    aggregate: aggregate === undefined ? null : { minGroup: aggregate.min_group, entity: aggregate.entity },
    line: report.lineOf(path),
  };
}
