import type { SignalOf } from '@perennial/contracts/signal';
import { dayOf } from '../time/day.js';
import { latest, type Mark } from './mark.js';
import { emptyRing, raiseTo, type Ring } from './ring.js';
import { state, type Spans } from './spans.js';

/** Seats of one product, or of the account as a whole. */
export interface LicenseFacts {
  readonly bought: Spans<number>;
  assigned: (Mark & { readonly value: number }) | null;
  /** Most seats assigned by day of the report; 0 on days without one. */
  readonly assignedByDay: Ring;
}

/** Seat numbers remembered: changes of about two years. */
const mostChanges = 16;
const mostProducts = 20;
export const assignedDays = 100;

export function foldLicense(licenses: Map<string, LicenseFacts>, signal: SignalOf<'license'>, mark: Mark): void {
  const product = signal.product ?? '';
  let license = licenses.get(product);
  if (license === undefined) {
    if (licenses.size >= mostProducts) return;
    licenses.set(product, (license = { bought: [], assigned: null, assignedByDay: emptyRing(assignedDays) }));
  }
  state(license.bought, signal.data.seatsBought, mark, mostChanges);
  const { seatsAssigned } = signal.data;
  if (seatsAssigned === undefined) return;
  license.assigned = latest(license.assigned, { ...mark, value: seatsAssigned });
  raiseTo(license.assignedByDay, dayOf(mark.at), seatsAssigned);
}
