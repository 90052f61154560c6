import type { ContractEntry } from '../src/domain/contract-entry.js';

let count = 0;

/** A ledger entry of contract `c1`: calendar year 2026, 120,000.00 a year, told at its start. */
export function entry(fields: Partial<ContractEntry> & Pick<ContractEntry, 'status'>): ContractEntry {
  const startsOn = fields.startsOn ?? '2026-01-01';
  return {
    id: `s${String(++count).padStart(5, '0')}`,
    sourceId: 'test',
    contractId: 'c1',
    startsOn,
    endsOn: '2026-12-31',
    arrMinor: 12_000_000,
    currency: 'USD',
    seats: null,
    noticeDays: null,
    autoRenew: null,
    product: null,
    effectiveOn: null,
    reason: null,
    controllable: null,
    occurredAt: `${startsOn}T09:00:00.000Z`,
    ...fields,
  };
}
