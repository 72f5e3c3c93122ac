import { cleared, type Caller } from './callers.js';

/** What the `views` workload asks for, and what its relation joins by; every one of its callers has it. */
const asked = [
  'Customer.customerId',
  'Customer.name',
  'Customer.email',
  'Customer.region',
  'Customer.creditLimit',
  'Customer.orders',
  'Order.orderId',
  'Order.customerId',
  'Order.orderedOn',
  'Order.status',
  'Order.total',
];

/** What it does not ask for, and by which the callers' views differ. */
const besides = [
  'Customer.accountId',
  'Customer.customerSince',
  'Customer.enrolled',
  'Item.orderId',
  'Item.sku',
  'Item.quantity',
  'Item.unitPrice',
];

const count = 100;

function withScopes(coordinates: readonly string[]): Caller {
  const { token, headers } = cleared;
  const scopes = coordinates.map((coordinate) => `read:${coordinate}`);
  return { token: { ...token, claims: { ...token.claims, scopes } }, headers };
}

/** Tokens of one person, each narrowed to another set of coordinates, so no two have the same schema. */
export const ofEachView: readonly Caller[] = Array.from({ length: count }, (_, i) =>
  withScopes([...asked, ...besides.filter((_, bit) => ((i + 1) & (1 << bit)) !== 0)]),
);

/** As many tokens of the same person, all of one schema. */
export const ofOneView: readonly Caller[] = Array.from({ length: count }, () =>
  withScopes([...asked, ...besides]),
);
