import { cleared, maskedEverywhere } from '../deployment/callers.js';
import type { Scenario } from './scenario.js';

const document = `query Deny($key: ID!) {
  customers(first: 50, where: { customerId: { gt: $key } }) {
    nodes {
      customerId name email region creditLimit customerSince
      orders(first: 5) { nodes { orderId orderedOn status total items { sku quantity unitPrice } } }
    }
  }
}`;

const multipleOf = (size: number) => (value: unknown) => Number(value) % size === 0;

/** Everything that is marked, asked for by one who gets masks of it all and by one who gets it clear; their rows are the same. */
export const deny: Scenario = {
  name: 'deny',
  title: '50 customers × 5 orders × 3 items, 7 fields masked',
  lastKey: (customers) => customers - 50,
  lanes: [
    {
      name: 'cordon',
      server: 'cordon',
      document,
      callers: [maskedEverywhere],
      masks: {
        name: (value) => /^pseud(-[a-z0-9]{4}){4}$/.test(String(value)),
        email: (value) => value === '•••••@•••••',
        creditLimit: multipleOf(50_000),
        customerSince: (value) => String(value).endsWith('-01-01'),
        total: multipleOf(1000),
        quantity: multipleOf(10),
        unitPrice: multipleOf(100),
      },
    },
    { name: 'cleared', server: 'cordon', document, callers: [cleared] },
  ],
};
