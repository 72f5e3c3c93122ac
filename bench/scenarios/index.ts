import { flat } from './flat.js';
import { list } from './list.js';
import { one } from './one.js';

export type { Scenario } from './scenario.js';

export { list, one };
export const scenarios = [list, flat, one] as const;
