import type { AccountState } from '@perennial/contracts/account';
import { withAccount } from './account-book.js';
import { commandAll, takerOf, type Desk, type Office } from './desk.js';
import { lookOver, type Occasion } from './look-over.js';

/** Takes over what changed about the account itself: tasks follow the owner, dates the country and time zone. */
export function followAccount(desk: Desk, account: AccountState, occasion: Occasion, office: Office): Desk {
  const { at } = occasion;
  const moved = { ...desk, book: withAccount(desk.book, account) };
  const handedOver = commandAll(moved, { type: 'hand-over', from: takerOf(desk, office), to: takerOf(moved, office), at }, office);
  const sameCalendar = desk.book.country === account.country && desk.book.timeZone === account.timeZone;
  const planned = sameCalendar ? handedOver : commandAll(handedOver, { type: 'plan-again', at }, office);
  return lookOver(planned, occasion, office);
}
