import { christmas, ordinary } from './simulated-account.js';
import { quarterDays, watchBook, type Book } from './simulate-book.js';

/** A small part of what `npm run simulate:alarms` prints: one book each, with peers. */
const book: Book = { accounts: 40, contacts: 8, historyDays: 250, from: '2026-11-16', days: quarterDays, calendar: christmas, then: 1, unchanged: 0, seed: 11 };
const raised = (firsts: readonly (number | null)[]): number => firsts.filter((first) => first !== null).length;

it('few alarms over Christmas on accounts that do nothing unusual', () => {
  const { usageDrop, ticketSurge, trend } = watchBook(book);
  expect(raised(usageDrop)).toBeLessThanOrEqual(4);
  expect(raised(ticketSurge)).toBeLessThanOrEqual(2);
  expect(raised(trend)).toBeLessThanOrEqual(4);
}, 60_000);

it('a fall by 70 % is found within seven weeks, also while a quarter of the book falls', () => {
  const { usageDrop } = watchBook({ ...book, from: '2026-03-02', days: 50, accounts: 15, unchanged: 45, then: 0.3 });
  expect(raised(usageDrop)).toBeGreaterThanOrEqual(14);
}, 60_000);

it('where nobody has the role of a power user, people who come and go alarm nobody, and the heaviest tenth that goes is missed though use is level', () => {
  const staffed: Book = { ...book, accounts: 12, contacts: 60, from: '2026-03-02', calendar: ordinary, staff: { hasPowerUser: false, turnover: 0.2, presenceSpread: 0.6 } };
  expect(raised(watchBook(staffed).powerUserDecline)).toBeLessThanOrEqual(1);
  const { usageDrop, powerUserDecline } = watchBook({ ...staffed, days: 50, heaviestGone: 1 });
  expect(raised(powerUserDecline)).toBeGreaterThanOrEqual(11);
  expect(raised(usageDrop)).toBe(0);
}, 60_000);
