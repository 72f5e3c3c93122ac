import { againstPeers } from './against-peers.js';
import type { Scenario } from './scenario.js';

/** One record by its key with a few below it, as Cordon is asked for it. */
export const oneOfCordon = `query One($key: ID!) {
  customer(customerId: $key) {
    customerId name email region creditLimit
    orders(first: 5) { nodes { orderId orderedOn status total } }
  }
}`;

/** Small: what a screen asks most often. */
export const one: Scenario = {
  name: 'one',
  title: 'one customer with 5 orders',
  lastKey: (customers) => customers,
  lanes: againstPeers('one', {
    cordon: oneOfCordon,
    handwritten: `query One($key: ID!) {
      customer(customerId: $key) {
        customerId name email region creditLimit
        orders(first: 5) { orderId orderedOn status total }
      }
    }`,
    postgraphile: `query One($id: Int!) {
      customer: customerByCustomerId(customerId: $id) {
        customerId name email region creditLimit
        orders: ordersByCustomerIdList(first: 5) { orderId orderedOn status total }
      }
    }`,
  }),
};
