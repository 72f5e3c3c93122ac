import type { FieldDecision } from '../plan/index.js';
import { maskWords, rowWords } from '../review/index.js';
import { table } from './output.js';

/** Whether some row gives the value itself. */
const givesValue = ({ cell }: FieldDecision): boolean =>
  cell.kind === 'CLEAR' || (cell.kind === 'BY_ROW' && cell.clear.length > 0);

/** One field in the words of the policy; `rows`: those of its type that the caller sees, by one role or another. */
export function decisionJson({ field, cell, unmet, path, type, usage, compute }: FieldDecision) {
  const { mark } = field;
  const masks = cell.kind === 'MASKED' || (cell.kind === 'BY_ROW' && cell.masked.length > 0);
  return {
    path: path.join('.'),
    coordinate: field.coordinate,
    usage,
    compute,
    class: mark.kind === 'secret' ? mark.secretClass : null,
    decision: cell.kind,
    rows: [...new Set(type.rows.map(({ when }) => rowWords(when)))],
    clearOn: cell.kind === 'BY_ROW' ? cell.clear.map(rowWords) : null,
    mask: masks && mark.kind === 'secret' ? maskWords(mark) : null,
    groups: cell.kind === 'AGGREGATE' ? cell.rule : null,
    encrypted: field.kind === 'column' ? (field.encryption?.key ?? null) : null,
    unmet:
      cell.kind === 'CLEAR' || cell.kind === 'AGGREGATE'
        ? null
        : (unmet ?? ('code' in cell ? cell.code : null)),
  };
}

/** What is done with a field that is not just given. */
function useWords({ usage, compute, cell, field }: FieldDecision): string {
  // A relation that is selected is given; one that an argument goes through is told from it by its path.
  if (usage === 'READ' || (usage === 'RELATE' && field.kind === 'relation')) return '';
  if (compute !== null) return cell.kind === 'AGGREGATE' ? `${compute}, rounded` : compute;
  const onMask = cell.kind === 'MASKED' || (cell.kind === 'BY_ROW' && cell.masked.length > 0);
  return `${usage.toLowerCase()} by ${onMask ? 'what is read' : 'the value'}`;
}

function becauseWords(decision: FieldDecision): string {
  const { clearOn, mask, groups, encrypted, unmet } = decisionJson(decision);
  return [
    useWords(decision),
    groups === null
      ? ''
      : `groups of ${groups.minGroup} or more of ${groups.entity}, none with over 80 % of a group; others are null: GROUP_TOO_SMALL`,
    clearOn === null || clearOn.length === 0 ? '' : `clear on ${clearOn.join(' or ')}`,
    mask === null ? '' : `mask ${mask}`,
    encrypted === null
      ? ''
      : `encrypted with ${encrypted}, ${givesValue(decision) ? 'opened in the gateway' : 'not read'}`,
    unmet ?? '',
  ]
    .filter((words) => words !== '')
    .join(', ');
}

/** @param width characters of a line */
export function decisionTable(decisions: readonly FieldDecision[], width: number): string {
  const rows = decisions.map((decision) => {
    const each = decisionJson(decision);
    return [
      each.path,
      each.coordinate,
      each.class ?? 'open',
      each.decision,
      each.rows.join(' or '),
      becauseWords(decision),
    ];
  });
  return table([['field', 'coordinate', 'class', 'decision', 'rows', 'because'], ...rows], width);
}
