import type { SignalOf } from '@perennial/contracts/signal';
import type { ContractEntry } from '../domain/contract-entry.js';
import { instantOf } from './instant.js';

/** The ledger entry a contract signal makes. */
export function contractEntryOf(signal: SignalOf<'contract'>): ContractEntry {
  const { data } = signal;
  return {
    id: signal.id,
    sourceId: signal.sourceId,
    contractId: data.contractId,
    status: data.status,
    startsOn: data.startsOn,
    endsOn: data.endsOn,
    arrMinor: data.arrMinor,
    currency: data.currency,
    seats: data.seats ?? null,
    noticeDays: data.noticeDays ?? null,
    autoRenew: data.autoRenew ?? null,
    product: data.product ?? signal.product,
    effectiveOn: data.effectiveOn ?? null,
    reason: data.reason ?? null,
    controllable: data.controllable ?? null,
    occurredAt: instantOf(signal.occurredAt),
  };
}

/** Why a contract signal can never be an entry of the ledger; null when it can. */
export function refusalOf(signal: SignalOf<'contract'>, reportingCurrency: string): { code: string; detail: string } | null {
  const { startsOn, endsOn, currency } = signal.data;
  if (endsOn !== null && endsOn < startsOn) return { code: 'term_ends_before_start', detail: `the term ends on ${endsOn}, before it starts on ${startsOn}: mend endsOn` };
  if (currency !== reportingCurrency) return { code: 'currency_not_configured', detail: `amounts are kept in ${reportingCurrency}, not ${currency}: convert them, or set REPORTING_CURRENCY` };
  return null;
}
