import { isMap, parseDocument } from 'yaml';
import type { Policy } from '../../policy/index.js';

/** Names that a run adds to a policy. */
export interface ControlNames {
  readonly role: string;
  readonly purpose: string;
}

function free(wanted: string, taken: { has(name: string): boolean }): string {
  let name = wanted;
  while (taken.has(name)) name = `${name}_`;
  return name;
}

/**
 * The policy with a role besides its own, for which everything is clear: it shows that the twins do differ, and its view
 * has every name that there is to be tried. Nothing else is changed.
 */
export function withControlRole({ text, classes, roles, purposes }: Policy): {
  readonly text: string;
  readonly names: ControlNames;
} {
  const names = { role: free('prove_control', roles), purpose: free('prove-control', purposes) };
  const all = [...classes.keys()];
  const document = parseDocument(text);
  document.setIn(['roles', names.role], { rows: 'all', clear: all });
  if (all.length > 0) {
    if (!isMap(document.get('purposes'))) document.set('purposes', document.createNode({}));
    document.setIn(['purposes', names.purpose], { roles: [names.role], classes: all });
  }
  return { text: String(document), names };
}
