import type { Path } from '../base/index.js';
import type { Declared } from './declared.js';
import { readClassGrants } from './grants.js';
import { writtenLimits } from './limits.js';
import { isCode } from './names.js';
import type { Role, RowGrant } from './policy.js';
import type { PolicyReporter } from './reporter.js';
import { readRowGrant } from './rows.js';
import { roleForm, type RoleForm } from './schema.js';

/** One of `roles`. Null where it is not understood, and reported. */
export function readRole(
  name: string,
  value: unknown,
  declared: Declared,
  report: PolicyReporter,
): Role | null {
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
  const limits = form.limits === undefined ? {} : { limits: writtenLimits(form.limits) };
  return rows && { name, rows, classes, control: [...new Set(form.control)], ...limits };
}

/** Only a role of the control plane may leave its rows out: anywhere else, none would be an oversight. */
function readRoleRows(form: RoleForm, path: Path, report: PolicyReporter): RowGrant | null {
  if (form.rows !== undefined) return readRowGrant(form.rows, [...path, 'rows'], report);
  const lists = [form.clear, form.mask, form.deny, form.aggregate];
  if (form.control.length > 0 && lists.every((list) => list.length === 0)) return { kind: 'none' };
  report.add(path, 'MISSING_KEY', `"${path.join('.')}.rows" is missing: write all, none, or { key: value }.`);
  return null;
}
