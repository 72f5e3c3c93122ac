import { cleared } from '../deployment/callers.js';
import type { Scenario } from './scenario.js';

/** A relation into a second database: two statements, and their rows put together. */
export const cross: Scenario = {
  name: 'cross',
  title: '50 customers × 3 tickets of a second source',
  lastKey: (customers) => customers - 50,
  lanes: [
    { name: 'limit', server: 'limit', document: 'cross', callers: [cleared] },
    {
      name: 'cordon',
      server: 'cordon',
      document: `query Cross($key: ID!) {
        customers(first: 50, where: { customerId: { gt: $key } }) {
          nodes {
            customerId name email region creditLimit
            tickets(first: 5) { nodes { ticketId openedOn severity subject } }
          }
        }
      }`,
      callers: [cleared],
    },
  ],
};
