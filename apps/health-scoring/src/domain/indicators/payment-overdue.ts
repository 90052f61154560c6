import { Type } from 'typebox';
import type { EpochDay } from '../time/day.js';
import type { AccountView } from '../verdict/account-view.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

/** Unpaid invoices at least `days` past their date, the oldest first. */
export function overdueInvoices(view: AccountView, days: number): { id: string; days: number }[] {
  const found: { id: string; days: number }[] = [];
  for (const invoice of view.facts.invoices.values()) {
    if (!invoice.paid && view.today - invoice.dueOn >= days) found.push({ id: invoice.id, days: view.today - invoice.dueOn });
  }
  return found.sort((a, b) => b.days - a.days || (a.id < b.id ? -1 : 1));
}

/** The unpaid invoice that is furthest past its date on `day`, and how many are; null when none is. */
export function oldestOverdue(view: AccountView, day: EpochDay): { id: string; days: number; count: number } | null {
  let oldest: { id: string; days: number } | null = null;
  let count = 0;
  for (const { id, paid, dueOn } of view.facts.invoices.values()) {
    const days = day - dueOn;
    if (paid || days <= 0) continue;
    count += 1;
    if (oldest === null || days > oldest.days || (days === oldest.days && id < oldest.id)) oldest = { id, days };
  }
  return oldest === null ? null : { ...oldest, count };
}

export const paymentOverdue = defineIndicator({
  kind: 'payment_overdue',
  group: 'commercial',
  dismissable: false,
  settings: Type.Object({ days: Type.Integer() }, { additionalProperties: false }),
  judge(view, { days }) {
    const overdue = overdueInvoices(view, days);
    const [oldest] = overdue;
    if (oldest === undefined) return null;
    return { severe: false, text: words.commercial.overdue(oldest.days, overdue.length), evidence: overdue.map((invoice) => invoice.id) };
  },
});
