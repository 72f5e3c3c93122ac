import { auditor } from '../deployment/callers.js';
import type { Scenario } from './scenario.js';

/** Who saw this record, asked of the control plane over a ledger that holds much already. */
export const audit: Scenario = {
  name: 'audit',
  title: 'who saw this customer last, 20 accesses',
  lastKey: (customers) => customers,
  // What one auditor waits for: there are few of them, and two connections for all.
  connections: 1,
  lanes: [
    {
      name: 'cordon',
      server: 'cordonOnLedger',
      document: `query Audit($key: String!) {
        accessHistory(first: 20, filter: { record: { type: "Customer", key: [$key] } }) {
          nodes { at person organisation coordinates decision recordCount entry { requestId purpose } }
        }
      }`,
      callers: [auditor],
    },
  ],
};
