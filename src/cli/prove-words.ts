import type { DeploymentReport, Violation } from '../prove/index.js';
import { counted, table } from './output.js';

/** Answers are as long as they are; how they begin says enough beside the place where they differ. */
const shownOfAnswer = 600;

const indented = (text: string): string => text.replaceAll(/^/gm, '  ');

function answerLine(name: string, { status, body }: Violation['answers'][number]): string {
  const shown = body.length > shownOfAnswer ? `${body.slice(0, shownOfAnswer)} …` : body;
  return `  ${name}: ${status} ${shown}`;
}

function violationLines(violation: Violation): string[] {
  const { caller, channel, detail, twins, operation, variables, purpose, answers } = violation;
  return [
    `${caller} is told by: ${channel}${detail === '' ? '' : `, ${detail}`} (twins ${twins.join(' and ')}, case ${violation.case})`,
    indented(operation.trimEnd()),
    ...(Object.keys(variables).length === 0 ? [] : [`  variables: ${JSON.stringify(variables)}`]),
    ...(purpose === null ? [] : [`  purpose: ${purpose}`]),
    ...answers.map((answer, i) => answerLine(twins[i] ?? '', answer)),
    '',
  ];
}

function warnings(
  { inconclusive, unrepeated, seesAll, invalid }: DeploymentReport,
  scarce: readonly (readonly [string, number])[],
): string[] {
  const few = scarce.map(([name, count]) => `${name} (${count})`).join(', ');
  return [
    ...invalid.map(
      (name) =>
        `Void for ${name}: somebody for whom everything is clear saw no difference between the twins either.`,
    ),
    ...(few === '' ? [] : [`Warning: too seldom to say anything of it: ${few}. Ask for more with --cases.`]),
    ...(inconclusive === 0
      ? []
      : [`Warning: ${counted(inconclusive, 'pair')} said nothing: a timeout, or a machine under load.`]),
    ...(unrepeated === 0
      ? []
      : [`Warning: ${counted(unrepeated, 'difference')} did not come again when the same was asked anew.`]),
    ...(seesAll.length === 0 ? [] : [`Nothing is hidden from ${seesAll.join(', ')}.`]),
  ];
}

/** What a run has come to, for people. */
export async function reportLines(report: DeploymentReport): Promise<readonly string[]> {
  const { scarce } = await import('../prove/index.js');
  const { violations, pairs, columns, seconds, seed, notes } = report;
  const all = Object.values(pairs).reduce((sum, count) => sum + count, 0);
  const rows = Object.entries(pairs).map(([role, count]) => [role, count.toLocaleString('en')]);
  return [
    ...violations.flatMap(violationLines),
    table([['role', 'pairs'], ...rows]),
    '',
    ...notes.map((note) => `Note: ${note}`),
    ...warnings(report, scarce(report.features)),
    `Statements were held to ${columns.judged} of ${counted(columns.hidden, 'hidden column')}: the others share their names with visible ones.`,
    `${counted(violations.length, 'violation')} in ${counted(all, 'pair')} of answers, in ${Math.round(seconds)} s. Seed: ${seed}.`,
  ];
}
