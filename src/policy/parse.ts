import { readYaml, sha256, type Problem } from '../base/index.js';
import type { Declared } from './declared.js';
import type { Policy, Role, RowMatch } from './policy.js';
import { readClass } from './read-class.js';
import { readPurpose } from './read-purpose.js';
import { readRole } from './read-role.js';
import { readTests } from './read-tests.js';
import { PolicyReporter } from './reporter.js';
import { policyForm } from './schema.js';

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
  const declared: Declared = { classes: new Set(classForms.keys()), roles: new Set(roleForms.keys()) };

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
