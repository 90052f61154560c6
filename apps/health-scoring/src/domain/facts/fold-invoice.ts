import type { SignalOf } from '@perennial/contracts/signal';
import { parseDay, type EpochDay } from '../time/day.js';
import { keepNewest } from './keep-newest.js';
import { latest, type Mark } from './mark.js';

export type InvoiceFacts = Mark & { readonly paid: boolean; readonly dueOn: EpochDay };

const mostInvoices = 60;

export function foldInvoice(invoices: Map<string, InvoiceFacts>, signal: SignalOf<'invoice'>, mark: Mark): void {
  const { invoiceId, status, dueOn } = signal.data;
  invoices.set(invoiceId, latest(invoices.get(invoiceId) ?? null, { ...mark, paid: status === 'paid', dueOn: parseDay(dueOn) }));
  keepNewest(invoices, mostInvoices, (known) => known);
}
