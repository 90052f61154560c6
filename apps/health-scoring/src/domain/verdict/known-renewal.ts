import type { ContractTerms } from '../facts/fold-contract.js';
import { latest } from '../facts/mark.js';
import type { AccountHealthState, RenewalSummary } from '../state.js';
import type { EpochDay } from '../time/day.js';

/**
 * Dates and ARR of the renewal that comes next as far as anybody told: the word of forecasting, which keeps the
 * ledger; until that has come (a contract and its cancellation in one batch), the last terms of the contracts
 * that have not run out. Null where neither is known.
 */
export function knownRenewal({ renewal, facts }: AccountHealthState, today: EpochDay): RenewalSummary | null {
  // Forecasting knows a currency from the first entry of its ledger on.
  if (renewal !== null && renewal.currency !== null) return renewal;
  const terms = [...facts.contracts.values()].flatMap((contract) => (contract.terms === null || (contract.terms.endsOn ?? today) < today ? [] : [contract.terms]));
  if (terms.length === 0) return renewal;
  // Amounts of two currencies do not add up: the last one spoken of counts.
  const { currency } = terms.reduce((last, next) => latest(last, next));
  const due = terms.flatMap(datesOf).sort((a, b) => a.renewalOn - b.renewalOn || a.noticeOn - b.noticeOn);
  return {
    renewalOn: due[0]?.renewalOn ?? null,
    noticeOn: due[0]?.noticeOn ?? null,
    arrMinor: terms.filter((term) => term.currency === currency).reduce((sum, { startsOn, arrMinor }) => (startsOn <= today ? sum + arrMinor : sum), 0),
    currency,
  };
}

const datesOf = ({ endsOn, noticeDays }: ContractTerms) => (endsOn === null ? [] : [{ renewalOn: endsOn, noticeOn: endsOn - noticeDays }]);
