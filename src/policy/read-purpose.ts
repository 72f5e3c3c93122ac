import type { Path } from '../base/index.js';
import type { Declared } from './declared.js';
import { isCode } from './names.js';
import type { Purpose } from './policy.js';
import type { PolicyReporter } from './reporter.js';
import { purposeForm } from './schema.js';

/** One of `purposes`. Null where it is not understood, and reported. */
export function readPurpose(
  code: string,
  value: unknown,
  declared: Declared,
  report: PolicyReporter,
): Purpose | null {
  const path: Path = ['purposes', code];
  if (!isCode(code)) {
    report.add(
      path,
      'INVALID_NAME',
      `The purpose "${code}" begins with a letter and holds letters, digits and _.:-`,
    );
  }
  const form = report.check(purposeForm, value, path);
  if (form === undefined) return null;
  form.roles.forEach((name, i) => {
    if (!declared.roles.has(name)) report.unknownRole([...path, 'roles', i], name, declared.roles);
  });
  form.classes.forEach((name, i) => {
    if (!declared.classes.has(name)) report.unknownClass([...path, 'classes', i], name, declared.classes);
  });
  return { code, ...form };
}
