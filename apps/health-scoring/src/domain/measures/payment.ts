import { Type } from 'typebox';
import { oldestOverdue } from '../indicators/payment-overdue.js';
import { words } from '../words.js';
import { defineMeasure, missing } from './measure.js';

export const payment = defineMeasure({
  id: 'payment',
  family: 'commercial',
  unit: 'days',
  restsOn: ['invoice'],
  settings: Type.Object({}, { additionalProperties: false }),
  read(view) {
    if (view.facts.invoices.size === 0 && view.sourceOf('invoice') === 'absent') return missing(words.noSource('invoices'));
    const oldest = oldestOverdue(view, view.dayFor('invoice'));
    if (oldest === null) return { found: true, value: 0, text: words.commercial.nothingOverdue, evidence: { query: 'kind=invoice' } };
    return { found: true, value: oldest.days, text: words.commercial.overdue(oldest.days, oldest.count), evidence: { signalIds: [oldest.id] } };
  },
  goesBy: () => ['invoices'],
});
