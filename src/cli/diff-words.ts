import {
  conditionWords,
  maskWords,
  rowWords,
  type Change,
  type ExposureDiff,
  type Standing,
} from '../review/index.js';
import type { Otherwise } from '../policy/index.js';
import { counted, wrapped } from './output.js';

type Line = Standing['lines'][number];

const otherwiseWords: Readonly<Record<Otherwise, string>> = {
  mask: 'masked',
  deny: 'denied',
  refuse: 'refused',
};

/** `clear on rep = $subject with agreement nda (otherwise masked), else masked`; what a mask is, gains and losses say. */
function standingWords(standing: Standing | null): string {
  if (standing === null || standing.lines.length === 0) return 'hidden';
  return standing.lines.map((line) => lineWords(line, standing.otherwise)).join(', else ');
}

function lineWords({ decision, rows, conditions }: Line, otherwise: Otherwise | null): string {
  const on = rowWords(rows);
  const asks = conditions === null ? '' : conditionWords(conditions);
  return [
    decision.toLowerCase(),
    on === 'all' ? '' : `on ${on}`,
    asks === '' ? '' : `with ${asks} (otherwise ${otherwiseWords[otherwise ?? 'deny']})`,
  ]
    .filter((words) => words !== '')
    .join(' ');
}

/** Changes that are said in the same words, with all their coordinates. */
interface Group {
  readonly change: Change;
  readonly coordinates: string[];
}

function grouped(changes: readonly Change[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const change of changes) {
    const { before, after, gains, losses } = change;
    const key = JSON.stringify([gains, losses, standingWords(before), standingWords(after)]);
    const group = groups.get(key) ?? { change, coordinates: [] };
    groups.set(key, group);
    group.coordinates.push(change.coordinate);
  }
  return [...groups.values()];
}

const sign = ({ gains, losses }: Change): string =>
  gains.length === 0 ? '-' : losses.length === 0 ? '+' : '±';

/** What is new and gone by name, whoever sees it. */
function nameLines({ roles, types, fields }: ExposureDiff): readonly string[] {
  const kinds = [
    ['role', roles],
    ['type', types],
    ['field', fields],
  ] as const;
  return kinds.flatMap(([kind, { added, removed }]) => [
    ...(added.length === 0 ? [] : [`new ${kind}${added.length === 1 ? '' : 's'}: ${added.join(', ')}`]),
    ...(removed.length === 0
      ? []
      : [`removed ${kind}${removed.length === 1 ? '' : 's'}: ${removed.join(', ')}`]),
  ]);
}

/** `page.max 100 → 300, raised` */
const limitWords = ({ limit, before, after, raised }: ExposureDiff['limits'][number]): string =>
  `${limit} ${before} → ${after}, ${raised ? 'raised' : 'lowered'}`;

/** What is said of limits at the end, where any changes. */
function limitSummary({ limits }: ExposureDiff): string {
  const roles = new Set(limits.map(({ role }) => role)).size;
  return roles === 0 ? '' : ` Limits change for ${counted(roles, 'role')}.`;
}

/** One sentence for who only reads the end. */
function summary(diff: ExposureDiff): string {
  const { changes, control } = diff;
  const count = (
    has: (change: { gains: readonly unknown[]; losses: readonly unknown[] }) => boolean,
  ): string => {
    const all = [...changes, ...control].filter(has);
    return `${counted(new Set(all.map(({ role }) => role)).size, 'role')} at ${counted(all.length, 'place')}`;
  };
  const gains = [...changes, ...control].some((each) => each.gains.length > 0);
  const losses = [...changes, ...control].some((each) => each.losses.length > 0);
  if (!gains && !losses) return `Nobody gains or loses anything.${limitSummary(diff)}`;
  return [
    gains ? `Gains: ${count((each) => each.gains.length > 0)}.` : 'Nobody gains anything.',
    losses ? `Losses: ${count((each) => each.losses.length > 0)}.` : 'Nobody loses anything.',
  ]
    .join(' ')
    .concat(limitSummary(diff));
}

/** The roles that anything changes for, each with what does. */
function byRole({ changes, control, limits }: ExposureDiff) {
  const roles = [...new Set([...changes, ...control, ...limits].map(({ role }) => role))];
  return roles.map((role) => ({
    role,
    control: control.filter((each) => each.role === role),
    limits: limits.filter((each) => each.role === role),
    groups: grouped(changes.filter((each) => each.role === role)),
  }));
}

/** @param width characters of a line; no line is longer, but for words that are */
export function diffText(diff: ExposureDiff, version: string, width: number): string {
  const lines = [`Compared with ${version}:`, ...nameLines(diff)];
  for (const { role, control, limits, groups } of byRole(diff)) {
    lines.push('', role);
    for (const { gains, losses } of control) {
      if (gains.length > 0) lines.push(`  + control plane: ${gains.join(', ')}`);
      if (losses.length > 0) lines.push(`  - control plane: ${losses.join(', ')}`);
    }
    if (limits.length > 0) lines.push(wrapped(`  · limits: ${limits.map(limitWords).join('; ')}`, width, 6));
    for (const { change, coordinates } of groups) {
      const line = (text: string) => lines.push(wrapped(text, width, 6));
      lines.push(wrapped(`  ${sign(change)} ${coordinates.join(', ')}`, width, 6));
      line(`      ${standingWords(change.before)}`);
      line(`    → ${standingWords(change.after)}`);
      if (change.gains.length > 0) line(`      gains ${change.gains.join('; ')}`);
      if (change.losses.length > 0) line(`      loses ${change.losses.join('; ')}`);
    }
  }
  return [...lines, '', summary(diff)].join('\n');
}

/** Text of the deployment within a cell of a table: nothing in it is markup. */
const cell = (text: string): string =>
  text.replaceAll(/[\\`*_{}[\]<>#|~]/g, (character) => `\\${character}`).replaceAll(/\s+/g, ' ');

/** A comment for a pull request. */
export function diffMarkdown(diff: ExposureDiff, version: string): string {
  const lines = [`### What this change gives, compared with ${cell(version)}`, '', `**${summary(diff)}**`];
  const names = nameLines(diff);
  if (names.length > 0) lines.push('', ...names.map((line) => `- ${cell(line)}`));
  for (const { role, control, limits, groups } of byRole(diff)) {
    lines.push('', `#### ${cell(role)}`, '', '| | where | before | now | what |', '|---|---|---|---|---|');
    const row = (...cells: readonly string[]) => lines.push(`| ${cells.map(cell).join(' | ')} |`);
    for (const { gains, losses } of control) {
      if (gains.length > 0) row('gains', 'control plane', '', '', gains.join(', '));
      if (losses.length > 0) row('loses', 'control plane', '', '', losses.join(', '));
    }
    for (const { limit, before, after, raised } of limits)
      row('limit', limit, before, after, raised ? 'raised' : 'lowered');
    for (const { change, coordinates } of groups) {
      const places = [coordinates.join(', '), standingWords(change.before), standingWords(change.after)];
      if (change.gains.length > 0) row('gains', ...places, change.gains.join('; '));
      if (change.losses.length > 0) row('loses', ...places, change.losses.join('; '));
    }
  }
  return lines.join('\n');
}

function standingJson(standing: Standing | null): readonly object[] {
  return (standing?.lines ?? []).map(({ decision, usages, rows, conditions }) => ({
    decision,
    usages,
    rows: rowWords(rows),
    mask: decision === 'MASKED' && standing?.mask != null ? maskWords(standing.mask) : null,
    conditions: conditions === null ? null : conditionWords(conditions) || null,
  }));
}

export function diffJson({ changes, ...rest }: ExposureDiff, ok: boolean): object {
  return {
    ok,
    ...rest,
    changes: changes.map(({ before, after, ...change }) => ({
      ...change,
      before: standingJson(before),
      after: standingJson(after),
    })),
  };
}
