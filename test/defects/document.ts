import type { ProverResults, ProverRun } from './prover-results.js';
import type { Defect } from './seed.cjs';

const head = `# Seeded defects

<!-- Made by \`npm run defects -- --prover\` from test/defects; what is changed here is lost. -->

That \`cordon prove\` finds nothing says something only if it would find what is there. So protections are taken out of the sources as they are
loaded, one at a time, each as it was missing in somebody's incident ([attacks](attacks.md) has the numbers), and the prover is run
on what is left. There is no switch for this in the product: \`test/defects/defects.yaml\` holds the edits.

    npm run defects -- --prover [name …]    # what the prover sees of each: this page; all of them take an hour or so
    npm run defects [name …]                # which of the tests notices each

A run asks callers of the roles that a defect concerns, one after the other, until it has found something. *Pairs* are the answers that had
been compared by then, of all these callers; they come in twelves. With the same seed on the same sources it is found at the same place. *Case* is
the number of the operation among the caller's own. Deployments are the demo, and \`workshop\` (test/defects/deployments.ts), which has
what the demo lacks: masks that are filtered by, conditions that are null, floats, texts in which case makes no difference, guarded sums of few groups.
`;

/** What twins cannot differ in, and so what a run can say nothing of. */
const guardedLimits = `Of guarded sums twins vary little. A filter by dimensions singles out any choice of groups, and where these and all others are enough, both are told,
in one operation or another; so a value that goes from one group to another is told as a rule, even out of a group that one operation hides to protect a
smaller one. It is not where all groups but one are too few together: then the whole is all that is ever told, however it falls into groups. Most twins
are made so, and \`no-complementary-suppression\` shows there. That a hidden rest is of the right size where several large groups are told, and how coarsely
sums are rounded, is for the tests.`;

/** Characters that Markdown would take for its own. */
const escaped = (text: string): string => text.replaceAll(/[\\*_<>[\]|]/g, (character) => `\\${character}`);

const number = (count: number): string => count.toLocaleString('en');

function seen({ deployment, roles, pairs, found }: ProverRun): string {
  if (found === null)
    return `not in ${number(pairs)} pairs (${deployment}, ${(roles ?? ['all']).join(', ')})`;
  const { caller, channel, detail } = found;
  return `${number(pairs)} pairs, case ${number(found.case)} of ${caller} (${deployment}): ${channel}, ${escaped(detail)}`;
}

const fileName = (test: string): string =>
  `[${test.replace('test/', '').replace('.test.ts', '')}](../${test})`;

function line({ name, row, title, tests, unproved }: Defect, run: ProverRun | undefined): string {
  const verdict = run === undefined ? (unproved === undefined ? 'not run yet' : 'no: see below') : seen(run);
  return `| ${row} | ${escaped(title)} (\`${name}\`) | ${verdict} | ${tests.map(fileName).join(', ')} |`;
}

function shown({ name, title }: Defect, { found }: ProverRun): string[] {
  if (found === null) return [];
  const { operation, variables } = found;
  const given = Object.keys(variables).length === 0 ? [] : [`variables: ${JSON.stringify(variables)}`];
  const text = [operation.trimEnd(), ...given].join('\n').replaceAll(/^/gm, '    ');
  return [`${escaped(title)} (\`${name}\`):\n\n${text}`];
}

/** docs/defects.md, of what is kept of the last runs. */
export function defectsDocument(
  defects: readonly Defect[],
  { defects: runs, without }: ProverResults,
): string {
  const of = ({ name }: Defect): ProverRun | undefined => runs[name];
  const tried = defects.filter((defect) => of(defect) !== undefined);
  const found = tried.filter((defect) => of(defect)?.found != null);
  const seeds = [...new Set([...Object.values(runs), ...without].map(({ seed }) => seed))];
  const nothing = without.map(
    ({ deployment, pairs, found: sighting }) =>
      `${sighting === null ? 'nothing' : '**something**'} in ${number(pairs)} pairs on ${deployment}`,
  );
  const other =
    nothing.length === 0 ? '' : ` Without a defect, with every role, it found ${nothing.join(' and ')}.`;
  const summary = `Of ${defects.length} defects, ${tried.length} were tried, and the prover saw ${found.length}.${other} Seed: ${seeds.join(', ')}.`;
  return `${[
    head.trimEnd(),
    summary,
    '| row | defect | seen by the prover after | noticed by the tests of |\n|---|---|---|---|\n' +
      defects.map((defect) => line(defect, of(defect))).join('\n'),
    '## What it does not see',
    'The tests do. A run looks at what one caller at a time is told of hidden data; these tell in other ways, or take what it has not:',
    defects
      .flatMap(({ name, unproved }) =>
        unproved === undefined ? [] : [`- \`${name}\`: ${escaped(unproved)}`],
      )
      .join('\n'),
    guardedLimits,
    '## The smallest operations that showed them',
    ...tried.flatMap((defect) => shown(defect, of(defect) as ProverRun)),
  ].join('\n\n')}\n`;
}
