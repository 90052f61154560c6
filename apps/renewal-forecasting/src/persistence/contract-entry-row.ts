import type { ContractEntry, ContractStatus } from '../domain/contract-entry.js';

/** A row of `contract_entry`; days as text, because pg reads dates in the machine's own time zone. */
export interface ContractEntryRow {
  readonly account_id: string;
  readonly source_id: string;
  readonly signal_id: string;
  readonly contract_id: string;
  readonly status: ContractStatus;
  readonly starts_on: string;
  readonly ends_on: string | null;
  readonly arr_minor: string;
  readonly currency: string;
  readonly seats: string | null;
  readonly notice_days: number | null;
  readonly auto_renew: boolean | null;
  readonly product: string | null;
  readonly effective_on: string | null;
  readonly reason: string | null;
  readonly controllable: boolean | null;
  readonly occurred_at: Date;
}

export const contractEntryColumns = `account_id, source_id, signal_id, contract_id, status, starts_on::text, ends_on::text, arr_minor, currency, seats, notice_days,
  auto_renew, product, effective_on::text, reason, controllable, occurred_at`;

export function contractEntryFrom(row: ContractEntryRow): ContractEntry {
  return {
    id: row.signal_id,
    sourceId: row.source_id,
    contractId: row.contract_id,
    status: row.status,
    startsOn: row.starts_on,
    endsOn: row.ends_on,
    arrMinor: Number(row.arr_minor),
    currency: row.currency,
    seats: row.seats === null ? null : Number(row.seats),
    noticeDays: row.notice_days,
    autoRenew: row.auto_renew,
    product: row.product,
    effectiveOn: row.effective_on,
    reason: row.reason,
    controllable: row.controllable,
    occurredAt: row.occurred_at.toISOString(),
  };
}
