import { againstPeers } from './against-peers.js';
import type { Scenario } from './scenario.js';

/** Wide: 100 rows of one type. */
export const flat: Scenario = {
  name: 'flat',
  title: '100 customers × 5 fields',
  lastKey: (customers) => customers - 100,
  lanes: againstPeers('flat', {
    cordon: `query Flat($key: ID!) {
      customers(first: 100, where: { customerId: { gt: $key } }) {
        nodes { customerId name email region creditLimit }
      }
    }`,
    handwritten: `query Flat($key: ID!) {
      customers(first: 100, after: $key) { customerId name email region creditLimit }
    }`,
    postgraphile: `query Flat($after: Cursor!) {
      customers: allCustomers(first: 100, after: $after) {
        nodes { customerId name email region creditLimit }
      }
    }`,
  }),
};
