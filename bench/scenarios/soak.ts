import type { DemoToken } from '../../src/demo/index.js';
import { partRole } from '../deployment/parts.js';

/** What a gateway is asked for minutes on end. */
export interface Soaked {
  readonly types: number;
  readonly roles: number;
  readonly rowsEach: number;
  /** Each asks every question. */
  readonly callers: readonly DemoToken[];
  /** About a key. */
  readonly questions: readonly string[];
}

const views = 10;
const types = 30;
const fields = 'id code name price quantity';

/** Thirty types, and ten callers of a view each: all but one of the types that are not asked for. */
export const soaked: Soaked = {
  types,
  roles: 1,
  rowsEach: 2000,
  callers: Array.from({ length: views }, (_, view) => ({
    subject: `reader ${view}`,
    roles: [partRole(1)],
    organisation: null,
    ttlSeconds: 86_400,
    claims: {
      scopes: Array.from({ length: types }, (_, i) => i + 1)
        .filter((i) => i !== view + 1)
        .map((i) => `read:Part${i}`),
    },
  })),
  questions: [
    `query One($key: ID!) { part20(id: $key) { ${fields} } }`,
    `query Above($key: ID!) { part25(id: $key) { ${fields} parent { ${fields} parent { ${fields} } } } }`,
    `query Page($key: ID!) { part30s(first: 50, where: { id: { gt: $key } }) { nodes { ${fields} madeOn } } }`,
    `query Below($key: ID!) { part15(id: $key) { ${fields} parts(first: 5) { nodes { ${fields} } } } }`,
  ],
};
