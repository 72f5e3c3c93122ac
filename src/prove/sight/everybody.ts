import type { Model } from '../../model/index.js';
import type { Role } from '../../policy/index.js';
import type { ProveCaller } from './caller.js';
import type { Dataset } from '../data/dataset.js';
import { differences, project } from './projection.js';
import { perspectiveOf } from './views.js';

const NAME = '\0everybody';

/** The model with a role for which all rows and classes are clear, and somebody who has it. */
function allSeeing(model: Model): { readonly model: Model; readonly caller: ProveCaller } {
  const { policy } = model;
  const classes = [...policy.classes.keys()];
  const role: Role = {
    name: NAME,
    rows: { kind: 'all' },
    classes: new Map(classes.map((name) => [name, { clear: { kind: 'all' }, otherwise: 'HIDDEN' }])),
    control: [],
  };
  const purpose = { code: NAME, roles: [NAME], classes };
  return {
    model: {
      ...model,
      policy: {
        ...policy,
        roles: new Map([...policy.roles, [NAME, role]]),
        purposes: new Map([...policy.purposes, [NAME, purpose]]),
      },
    },
    caller: {
      name: NAME,
      roles: [NAME],
      subject: NAME,
      organisation: NAME,
      claims: {},
      conditionsMet: true,
      purpose: NAME,
    },
  };
}

/** Without what is stored encrypted: of a run's ciphertexts none opens, so that they are one to everybody. */
function withoutCiphertexts({ types, ...model }: Model): Model {
  const opened = [...types].map(([name, type]) => {
    const fields = [...type.fields].filter(
      ([, field]) => field.kind !== 'column' || field.encryption === undefined,
    );
    return [name, { ...type, fields: new Map(fields) }] as const;
  });
  return { ...model, types: new Map(opened) };
}

/**
 * Whether nobody at all could tell these data sets apart: they differ in rows that make no record, in links of nothing, and in
 * ciphertexts.
 * @param datasets the first is held against the others
 */
export function alikeToAll(model: Model, [first, ...others]: readonly Dataset[]): boolean {
  const all = allSeeing(withoutCiphertexts(model));
  const perspective = perspectiveOf(all.model, all.caller);
  if (first === undefined) return true;
  const seen = project(perspective, first);
  return others.every((other) => differences(seen, project(perspective, other)).length === 0);
}
