import { christmas, ordinary } from './simulated-account.js';
import { quarterDays, watchBook, type Book, type Watched } from './simulate-book.js';

/** `npm run simulate:alarms [-- ACCOUNTS [CONTACTS,..]]`: how often alarms are raised on accounts that do nothing unusual, and how soon on those that do. */
const accounts = Number(process.argv[2] ?? 300);
const sizes = (process.argv[3] ?? '3,8,30,300').split(',').map(Number);
const base = { accounts, historyDays: 300, from: '2026-03-02', days: quarterDays, calendar: ordinary, then: 1, unchanged: 0, seed: 1 };

const shareOf = (firsts: readonly (number | null)[]): number => firsts.filter((first) => first !== null).length / firsts.length;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const row = (cells: readonly (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`);
const head = (title: string, names: readonly string[]): void => {
  console.log(`\n${title}\n`);
  row(names);
  row(names.map(() => '---'));
};
function daysOf(firsts: readonly (number | null)[]): string {
  const found = firsts.filter((first) => first !== null).sort((a, b) => a - b);
  const at = (share: number): string => String(found[Math.min(found.length - 1, Math.floor(share * found.length))] ?? '-');
  return `${percent(found.length / firsts.length)}, half by day ${at(0.5)}, nine in ten by day ${at(0.9)}`;
}
const books: readonly (readonly [string, Partial<Book>])[] = [
  ['stationary, ten months old, no peers', { accounts: 25, unchanged: 0 }],
  ['stationary, ten months old, peers', {}],
  ['stationary, two years old, peers', { historyDays: 730 }],
  ['Christmas, ten months old, peers', { from: '2026-11-16', calendar: christmas }],
  ['Christmas, two years old, peers', { from: '2026-11-16', calendar: christmas, historyDays: 730 }],
];

/** Small books, so that nobody has enough peers, are watched often enough to count. */
function watchMany(book: Book): Watched {
  const runs = Math.max(1, Math.round(accounts / book.accounts));
  const all = Array.from({ length: runs }, (_, i) => watchBook({ ...book, seed: book.seed + i }));
  return {
    usageDrop: all.flatMap((one) => one.usageDrop), ticketSurge: all.flatMap((one) => one.ticketSurge), trend: all.flatMap((one) => one.trend), powerUserDecline: all.flatMap((one) => one.powerUserDecline),
    trendDays: all.reduce((sum, one) => sum + one.trendDays, 0) / runs,
  };
}

head(`False alarms: accounts with at least one within a quarter (${accounts} accounts each)`, ['book', 'contacts', 'usage_drop', 'ticket_surge', 'trend', 'days with a trend']);
for (const [title, fields] of books) {
  for (const contacts of sizes) {
    const seen = watchMany({ ...base, contacts, ...fields });
    row([title, contacts, percent(shareOf(seen.usageDrop)), percent(shareOf(seen.ticketSurge)), percent(shareOf(seen.trend)), percent(seen.trendDays)]);
  }
}
head('Real falls of use: found within half a year, and when', ['fall', 'contacts', 'usage_drop']);
for (const then of [0.7, 0.3]) {
  for (const contacts of sizes) {
    const changed = Math.max(10, Math.round(accounts / 6));
    row([percent(1 - then), contacts, daysOf(watchBook({ ...base, contacts, then, days: 2 * quarterDays, accounts: changed, unchanged: 20 * changed }).usageDrop)]);
  }
}
head(`Power users by use: false alarms of a quarter, and finds where half of the heaviest go and twice as many others come (${accounts} accounts each)`, ['contacts', 'turnover a year', 'history', 'false alarms', 'half of them go', 'all of them go']);
for (const contacts of [55, 65, 100, 300]) {
  for (const [turnover, historyDays] of [[0, 300], [0.1, 300], [0.2, 300], [0.3, 300], [0.2, 730]] as const) {
    const staff = { hasPowerUser: false, turnover, presenceSpread: 0.6 };
    const seen = (heaviestGone?: number) => watchBook({ ...base, contacts, historyDays, staff, ...(heaviestGone === undefined ? {} : { heaviestGone }) }).powerUserDecline;
    row([contacts, percent(turnover), `${historyDays} days`, percent(shareOf(seen())), daysOf(seen(0.5)), daysOf(seen(1))]);
  }
}
