import { ofEachView, ofOneView } from '../deployment/view-callers.js';
import { oneOfCordon } from './one.js';
import type { Scenario } from './scenario.js';

/** A hundred callers of a hundred views, beside a hundred of one view. */
export const views: Scenario = {
  name: 'views',
  title: 'one customer with 5 orders, 100 views in rotation',
  lastKey: (customers) => customers,
  lanes: [
    { name: 'cordon', server: 'cordon', document: oneOfCordon, callers: ofEachView },
    { name: 'one view', server: 'cordon', document: oneOfCordon, callers: ofOneView },
  ],
};
