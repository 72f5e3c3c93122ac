import type { Path } from '../base/index.js';
import type { Declared } from './declared.js';
import type { Decision, PolicyTest, Usage } from './policy.js';
import type { PolicyReporter } from './reporter.js';
import { testForm } from './schema.js';

/** The policy's `tests`. What is not understood is reported and left out. */
export function readTests(value: unknown, declared: Declared, report: PolicyReporter): readonly PolicyTest[] {
  if (!Array.isArray(value)) return [];
  const tests = value.map((test: unknown, i) => readTest(test, ['tests', i], declared, report));
  return tests.filter((test) => test !== null);
}

function readTest(value: unknown, path: Path, declared: Declared, report: PolicyReporter): PolicyTest | null {
  const form = report.check(testForm, value, path);
  if (form === undefined) return null;
  const as = typeof form.as === 'string' ? [form.as] : form.as;
  as.forEach((name, i) => {
    if (declared.roles.has(name)) return;
    report.unknownRole(
      typeof form.as === 'string' ? [...path, 'as'] : [...path, 'as', i],
      name,
      declared.roles,
    );
  });
  const expect = expectation(form.cannot, form.sees);
  if (expect === null) {
    report.add(path, 'INVALID_VALUE', 'A test says either "cannot" or "sees", one of the two.');
    return null;
  }
  return { as, field: form.field, expect, line: report.lineOf(path) };
}

function expectation(cannot: string | undefined, sees: string | undefined): PolicyTest['expect'] | null {
  if (cannot !== undefined && sees === undefined) {
    return { kind: 'cannot', usage: cannot.toUpperCase() as Usage };
  }
  if (sees !== undefined && cannot === undefined) {
    return { kind: 'sees', decision: sees.toUpperCase() as Decision };
  }
  return null;
}
