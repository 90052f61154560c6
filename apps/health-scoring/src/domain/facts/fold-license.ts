import type { SignalOf } from '@perennial/contracts/signal';
import { latest, type Mark } from './mark.js';
import { state, type Spans } from './spans.js';

/** Seats of one product, or of the account as a whole. */
export interface LicenseFacts {
  readonly bought: Spans<number>;
  assigned: (Mark & { readonly value: number }) | null;
}

/** Seat numbers remembered: changes of about two years. */
const mostChanges = 16;
const mostProducts = 20;

export function foldLicense(licenses: Map<string, LicenseFacts>, signal: SignalOf<'license'>, mark: Mark): void {
  const product = signal.product ?? '';
  let license = licenses.get(product);
  if (license === undefined) {
    if (licenses.size >= mostProducts) return;
    licenses.set(product, (license = { bought: [], assigned: null }));
  }
  state(license.bought, signal.data.seatsBought, mark, mostChanges);
  if (signal.data.seatsAssigned !== undefined) license.assigned = latest(license.assigned, { ...mark, value: signal.data.seatsAssigned });
}
