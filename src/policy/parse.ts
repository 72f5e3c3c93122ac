import { readYaml, sha256, type Path, type Problem } from '../base/index.js';
import { readClassGrants } from './grants.js';
import { isCode, isName } from './names.js';
import type {
  Decision,
  Policy,
  PolicyTest,
  Purpose,
  Role,
  RowGrant,
  RowMatch,
  SecretClass,
  Usage,
} from './policy.js';
import { PolicyReporter } from './reporter.js';
import { readRowGrant } from './rows.js';
import { classForm, policyForm, purposeForm, roleForm, testForm, type RoleForm } from './schema.js';

/** The names a policy declares, known before any of the parts that refer to them is read. */
interface Declared {
  readonly classes: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
}

/**
 * Reads policy.yaml. Every mistake at once, each with its line: a part that is not understood is reported and the
 * others are still read, and no policy is given unless all of it is understood.
 * @param file the name that problems carry
 */
export function parsePolicy(
  text: string,
  file: string,
): { readonly policy: Policy } | { readonly problems: readonly Problem[] } {
  const { problems, content } = readYaml(text, file);
  if (content === null) return { problems };
  const report = new PolicyReporter(file, content, problems);
  report.check(policyForm, content.value, []);

  const written = entriesOf(content.value);
  const classForms = entriesOf(written.get('classes'));
  const roleForms = entriesOf(written.get('roles'));
  const purposeForms = entriesOf(written.get('purposes'));
  const declared = { classes: new Set(classForms.keys()), roles: new Set(roleForms.keys()) };

  const classes = readEach(classForms, (name, value) => readClass(name, value, report));
  const roles = readEach(roleForms, (name, value) => readRole(name, value, declared, report));
  const purposes = readEach(purposeForms, (code, value) => readPurpose(code, value, declared, report));
  const tests = readTests(written.get('tests'), declared, report);
  const unmarked = readUnmarked(written.get('unmarked'), declared, report);

  if (report.problems.length > 0) return { problems: report.problems.toSorted((a, b) => a.line - b.line) };
  const rowKeys = rowKeysOf([...roles.values()]);
  return {
    policy: { classes, roles, purposes, unmarked, rowKeys, tests, file, text, version: sha256(text) },
  };
}

type Entries = ReadonlyMap<string, unknown>;

/** The entries of a map; of anything else none, for the form has already been reported. */
function entriesOf(value: unknown): Entries {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return new Map(isMap ? Object.entries(value) : []);
}

function readEach<Part>(
  entries: Entries,
  read: (name: string, value: unknown) => Part | null,
): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>();
  for (const [name, value] of entries) {
    const part = read(name, value);
    if (part !== null) parts.set(name, part);
  }
  return parts;
}

function readClass(name: string, value: unknown, report: PolicyReporter): SecretClass | null {
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
    aggregate: aggregate === undefined ? null : { minGroup: aggregate.min_group, entity: aggregate.entity },
    line: report.lineOf(path),
  };
}

function readRole(name: string, value: unknown, declared: Declared, report: PolicyReporter): Role | null {
  const path: Path = ['roles', name];
  if (!isCode(name)) {
    report.add(
      path,
      'INVALID_NAME',
      `The role "${name}" begins with a letter and holds letters, digits and _.:-`,
    );
  }
  const form = report.check(roleForm, value, path);
  if (form === undefined) return null;
  const rows = readRoleRows(form, path, report);
  const classes = readClassGrants(form, path, declared.classes, report);
  return rows && { name, rows, classes, control: [...new Set(form.control)] };
}

/** Only a role of the control plane may leave its rows out: anywhere else, none would be an oversight. */
function readRoleRows(form: RoleForm, path: Path, report: PolicyReporter): RowGrant | null {
  if (form.rows !== undefined) return readRowGrant(form.rows, [...path, 'rows'], report);
  const lists = [form.clear, form.mask, form.deny, form.aggregate];
  if (form.control.length > 0 && lists.every((list) => list.length === 0)) return { kind: 'none' };
  report.add(path, 'MISSING_KEY', `"${path.join('.')}.rows" is missing: write all, none, or { key: value }.`);
  return null;
}

function readPurpose(
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

function readTests(value: unknown, declared: Declared, report: PolicyReporter): readonly PolicyTest[] {
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

function readUnmarked(value: unknown, declared: Declared, report: PolicyReporter): string | null {
  if (typeof value !== 'string') return null;
  if (!declared.classes.has(value)) report.unknownClass(['unmarked'], value, declared.classes);
  return value;
}

/** Every `by` of the policy, sorted. */
function rowKeysOf(roles: readonly Role[]): readonly string[] {
  const matches = roles.flatMap(({ rows, classes }) =>
    [rows, ...[...classes.values()].map(({ clear }) => clear)].flatMap((grant): RowMatch =>
      grant.kind === 'limited' ? grant.match : [],
    ),
  );
  return [...new Set(matches.map(({ by }) => by))].sort();
}
