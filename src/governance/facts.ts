import type { Facts } from '../policy/index.js';
import { isInForce, type AgreementFact } from './agreements.js';
import type { LocalCopy } from './local-copy.js';
import type { Records } from './records.js';

function findInForce(agreements: readonly AgreementFact[], now: number): string | null {
  return agreements.find((agreement) => isInForce(agreement, now))?.id ?? null;
}

/** The facts that conditions of the policy ask for. A copy that is too old knows none of them. */
export function createFacts(copy: LocalCopy<Records>): Facts {
  return {
    agreementInForce({ kind, secretClass, organisation, personId, now }) {
      const records = copy.read();
      if (records === null) return null;
      const covers = (agreement: AgreementFact): boolean =>
        agreement.kind === kind && agreement.classes.has(secretClass);
      const own = records.agreementsOfPerson.get(personId)?.filter(covers) ?? [];
      const ownInForce = findInForce(own, now);
      if (ownInForce !== null) return ownInForce;
      // Who has refused, or lost, an agreement of their own does not get in by their organisation's.
      if (own.some(({ status }) => status !== 'in_force') || organisation === null) return null;
      return findInForce(records.agreementsOfOrganisation.get(organisation)?.filter(covers) ?? [], now);
    },

    trainingCurrent({ course, personId, now }) {
      const trainings = copy.read()?.trainingsOfPerson.get(personId) ?? [];
      const current = trainings.find(
        (training) => training.course === course && training.completedAt <= now && now < training.expiresAt,
      );
      return current?.id ?? null;
    },
  };
}
