import { againstPeers } from './against-peers.js';
import type { Scenario } from './scenario.js';

/** Deep: 50 customers, 5 orders each, 3 items an order on average; about 70 kB. */
export const list: Scenario = {
  name: 'list',
  title: '50 customers × 5 orders × 3 items',
  lastKey: (customers) => customers - 50,
  lanes: againstPeers('list', {
    cordon: `query List($key: ID!) {
      customers(first: 50, where: { customerId: { gt: $key } }) {
        nodes {
          customerId name email region creditLimit
          orders(first: 5) { nodes { orderId orderedOn status total items { sku quantity unitPrice } } }
        }
      }
    }`,
    handwritten: `query List($key: ID!) {
      customers(first: 50, after: $key) {
        customerId name email region creditLimit
        orders(first: 5) { orderId orderedOn status total items { sku quantity unitPrice } }
      }
    }`,
    postgraphile: `query List($after: Cursor!) {
      customers: allCustomers(first: 50, after: $after) {
        nodes {
          customerId name email region creditLimit
          orders: ordersByCustomerIdList(first: 5) {
            orderId orderedOn status total
            items: itemsByOrderIdList { sku quantity unitPrice }
          }
        }
      }
    }`,
  }),
};
