import type { Scenario } from './scenario.js';

/** Small: one record by its key, with a few below it; what a screen asks most often. */
export const one: Scenario = {
  name: 'one',
  title: 'one customer with 5 orders',
  lastKey: (customers) => customers,
  cordon: `query One($key: ID!) {
    customer(customerId: $key) {
      customerId name email region creditLimit
      orders(first: 5) { nodes { orderId orderedOn status total } }
    }
  }`,
  handbuilt: `query One($key: ID!) {
    customer(customerId: $key) {
      customerId name email region creditLimit
      orders(first: 5) { orderId orderedOn status total }
    }
  }`,
};
