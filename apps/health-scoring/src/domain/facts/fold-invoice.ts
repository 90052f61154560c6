import type { SignalOf } from '@perennial/contracts/signal';
import { parseDay, type EpochDay } from '../time/day.js';
import { keepOpen, type Standing } from './keep-open.js';
import { latest, type Mark } from './mark.js';

/** The last word on one invoice. */
export type InvoiceFacts = Mark & {
  readonly paid: boolean;
  readonly dueOn: EpochDay;
  /** A signal said `due`; taken for granted in rows that did not keep it. */
  readonly begun: boolean;
};

const room = { settled: 60, others: 300 };

export function foldInvoice(invoices: Map<string, InvoiceFacts>, signal: SignalOf<'invoice'>, mark: Mark): void {
  const { invoiceId, status, dueOn } = signal.data;
  const known = invoices.get(invoiceId) ?? null;
  const begun = status === 'due' || known?.begun === true;
  invoices.set(invoiceId, { ...latest(known, { ...mark, paid: status === 'paid', dueOn: parseDay(dueOn), begun }), begun });
  keepOpen(invoices, room, standingOf, (invoice) => invoice);
}

const standingOf = ({ paid, begun }: InvoiceFacts): Standing => (!paid ? 'open' : begun ? 'settled' : 'ended');
