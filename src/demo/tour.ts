import { demoCallerNames, demoCallers, type DemoCallerName } from './callers.js';

/** What a newcomer reads when the demo is ready: who there is, and lines to paste. */

const withPrices =
  '{ customers(first: 2) { nodes { name email creditLimit orders(first: 1) { nodes { orderNumber totalAmount } } } } }';
// Prices are not in a partner's schema, and a document that names them is refused like any that names nothing.
const withoutPrices =
  '{ customers(first: 2) { nodes { name email orders(first: 1) { nodes { orderNumber } } } } }';
const history = '{ accessHistory(first: 12) { nodes { at person type coordinates decision outcome } } }';

interface Step {
  readonly caller: DemoCallerName;
  readonly shows: string;
  readonly path: '/graphql' | '/control';
  readonly query: string;
}

const steps: readonly Step[] = [
  { caller: 'account_manager', shows: 'in clear', path: '/graphql', query: withPrices },
  { caller: 'support', shows: 'the same query, masked', path: '/graphql', query: withPrices },
  {
    caller: 'partner',
    shows: 'their own rows, and no prices: for them there are none to ask for',
    path: '/graphql',
    query: withoutPrices,
  },
  { caller: 'auditor', shows: 'who saw what', path: '/control', query: history },
];

/** A command for any POSIX shell. The query holds neither quotes nor dollars, so nothing in it is to be escaped. */
function curl({ caller, path, query }: Step, address: string, tokenCommand: string): string {
  return [
    `curl -s ${address}${path} -H 'Content-Type: application/json'`,
    `-H "Authorization: Bearer $(${tokenCommand} ${caller})" -d '${JSON.stringify({ query })}'`,
  ].join(' \\\n  ');
}

/**
 * The closing block of a start.
 * @param address of the gateway
 * @param tokenCommand prints a token when a caller's name is put behind it: `npx cordon demo token`
 */
export function demoTour(address: string, tokenCommand: string): string {
  const width = Math.max(...demoCallerNames.map((name) => name.length));
  const callers = demoCallerNames.map((name) => `  ${name.padEnd(width)}  ${demoCallers[name].description}`);
  const pasted = steps.map((step) => `# ${step.caller}: ${step.shows}\n${curl(step, address, tokenCommand)}`);
  return [
    'Cordon guards the customer data of a supplier, in two databases.',
    '',
    `  customer data  ${address}/graphql`,
    `  control plane  ${address}/control`,
    '',
    `Callers; \`${tokenCommand} <caller>\` prints a token:`,
    '',
    ...callers,
    '',
    'Paste these into another terminal:',
    '',
    pasted.join('\n\n'),
    '',
  ].join('\n');
}
