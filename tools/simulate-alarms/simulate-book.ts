import { look, type Verdict } from '@perennial/health-scoring/domain/look';
import { compileScorecard } from '@perennial/health-scoring/domain/scorecard/compile-scorecard';
import type { SourceLiveness } from '@perennial/health-scoring/domain/sources/source-liveness';
import { dayMs, parseDay, startOf, type EpochDay } from '@perennial/health-scoring/domain/time/day';
import { shippedScorecards } from '@perennial/health-scoring/scorecards/shipped-scorecards';
import { peerLevelsOf, type PeerLevel, type UsagePeers } from '@perennial/health-scoring/domain/usage/usage-peers';
import { Chance } from './chance.js';
import { SimulatedAccount, type Calendar, type Staff } from './simulated-account.js';

export const quarterDays = 91;

export interface Book {
  readonly accounts: number;
  readonly contacts: number;
  readonly historyDays: number;
  /** First day that is watched. */
  readonly from: string;
  readonly days: number;
  readonly calendar: Calendar;
  /** Share of the usual use from the first day watched on. */
  readonly then: number;
  /** Accounts that keep their usual level beside those that change, to be compared with. */
  readonly unchanged: number;
  readonly seed: number;
  readonly staff?: Staff;
  /** Share of the heaviest users that goes on the first day watched, while others come; none by default. */
  readonly heaviestGone?: number;
}

/** What was raised on accounts that changed, by the first day (0: the first watched) on which it was; null: never. */
export interface Watched {
  readonly usageDrop: readonly (number | null)[];
  readonly ticketSurge: readonly (number | null)[];
  readonly trend: readonly (number | null)[];
  readonly powerUserDecline: readonly (number | null)[];
  /** Share of all days on which a trend was shown. */
  readonly trendDays: number;
}

const shipped = shippedScorecards.find(({ document }) => document.id === 'csm-led')!;
const scorecard = compileScorecard(shipped.document, shipped.edition);
const kinds = ['usage', 'ticket', 'engagement', 'license', 'person'] as const;
const aliveAt = (asOf: number): SourceLiveness => Object.fromEntries(kinds.map((kind) => [kind, { lastSeenAt: asOf, staleAt: asOf + 2 * dayMs }]));

/** Lives through a whole book day by day, looks at every account each midnight as the service does, with its peers of the day before. */
export function watchBook(book: Book): Watched {
  const from = parseDay(book.from);
  const first = from - book.historyDays;
  const size = book.accounts + book.unchanged;
  const accounts = Array.from({ length: size }, (_, i) => new SimulatedAccount(`a${i}`, book.contacts, new Chance(book.seed * 100_003 + i * 7919), first, book.staff));
  const levels = new Map<EpochDay, Map<number, PeerLevel>>();
  const usagePeers: UsagePeers = { levelOn: (day, sizeClass) => levels.get(day)?.get(sizeClass) ?? null };
  const watched = { usageDrop: never(book), ticketSurge: never(book), trend: never(book), powerUserDecline: never(book) };
  let trendDays = 0;
  for (let day = first; day < from + book.days; day += 1) {
    // Looks begin before the watched days, so that peers and memories are those of a book that has been running.
    if (day >= from - warmUpDays) {
      const verdicts = accounts.map(({ state }) => lookAt(state, day, usagePeers));
      levels.set(day, peerLevelsOf(verdicts.flatMap(({ use }) => use ?? [])));
      if (day >= from) verdicts.slice(0, book.accounts).forEach((verdict, i) => {
        if (verdict.health.trend !== 'flat') trendDays += 1;
        const raised = (kind: string): boolean => verdict.health.indicators.some((indicator) => indicator.kind === kind);
        note(watched.usageDrop, i, raised('usage_drop'), day - from);
        note(watched.ticketSurge, i, raised('ticket_surge'), day - from);
        note(watched.powerUserDecline, i, raised('power_user_decline'), day - from);
        note(watched.trend, i, verdict.health.trend !== 'flat', day - from);
      });
    }
    if (day === from && book.heaviestGone !== undefined) for (const account of accounts.slice(0, book.accounts)) account.loseHeaviest(book.heaviestGone);
    accounts.forEach((account, i) => account.live(day, book.calendar(day), day >= from && i < book.accounts ? book.then : 1));
  }
  return { ...watched, trendDays: trendDays / (book.accounts * book.days) };
}

const warmUpDays = 35;
const never = (book: Book): (number | null)[] => Array.from({ length: book.accounts }, () => null);

function lookAt(state: SimulatedAccount['state'], day: EpochDay, usagePeers: UsagePeers): Verdict {
  const asOf = startOf(day);
  const verdict = look(state, { asOf, cause: 'time', scorecard, sources: aliveAt(asOf), usagePeers, everyone: [...state.contacts.values()] });
  if (verdict === null) throw new Error('a simulated account is not restated');
  return verdict;
}

function note(firsts: (number | null)[], i: number, holds: boolean, day: number): void {
  if (holds) firsts[i] ??= day;
}
