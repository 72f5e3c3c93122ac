import { cleared } from '../deployment/callers.js';
import { oneOfCordon } from './one.js';
import type { Scenario } from './scenario.js';

/** Access by key, over ten times the customers and over as many as everywhere else. */
export const growth: Scenario = {
  name: 'growth',
  title: 'one customer with 5 orders, of ten times the data',
  lastKey: (customers) => customers,
  lanes: [
    { name: 'cordon', server: 'cordonOnMore', document: oneOfCordon, callers: [cleared] },
    { name: 'a tenth', server: 'cordon', document: oneOfCordon, callers: [cleared] },
  ],
};
