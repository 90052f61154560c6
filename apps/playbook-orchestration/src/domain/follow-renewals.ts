import type { RenewalsState } from '@perennial/contracts/renewal';
import { withRenewals } from './account-book.js';
import type { Desk, Office } from './desk.js';
import { lookOver, type Occasion } from './look-over.js';

/** Takes over an account's renewals: their notice dates and states. */
export function followRenewals(desk: Desk, renewals: RenewalsState, occasion: Occasion, office: Office): Desk {
  return lookOver({ ...desk, book: withRenewals(desk.book, renewals) }, occasion, office);
}
