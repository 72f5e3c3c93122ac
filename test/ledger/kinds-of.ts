import { verifyLedger, type FaultKind, type LedgerEvidence } from '../../src/ledger/index.js';

/** The kinds of fault that a verification finds, each once. */
export async function kindsOf(evidence: LedgerEvidence): Promise<FaultKind[]> {
  const { ok, faults } = await verifyLedger(evidence);
  expect(ok).toBe(faults.length === 0);
  return [...new Set(faults.map(({ kind }) => kind))];
}
