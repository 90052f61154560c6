import type { EpochDay } from '../time/day.js';
import type { AccountHistory, ContractOutcome, JudgedDay } from './account-history.js';

/** Days before the notice date at which a term is looked at. */
export const leads = [270, 180, 90, 60, 30] as const;
/** How long before the notice date alerts and red days count as a warning of it. */
export const warningDays = 365;
/** An answer to turning red comes within so many days. */
export const answerDays = 30;
/** A reading stands in for a day that has none for so long. */
const readingLasts = 7;

/** The customer's decision is known while this stands: what it does to a score predicts nothing. */
const notice = 'cancel_scheduled';

/** What was read at one lead. */
export interface LeadReading {
  readonly scoreBp: number | null;
  readonly isRed: boolean;
  readonly pointsBp: readonly (number | null)[];
}

/** One term of one account, as a backtest counts it: features as of then, and what became of it. */
export interface TermRow {
  readonly accountId: string;
  readonly segment: string | null;
  readonly lost: boolean;
  /** By `leads`. `decided`: the outcome was known by then; `outside`: the term had not begun; `unread`: nothing was read about then. */
  readonly at: readonly (LeadReading | 'decided' | 'outside' | 'unread')[];
  /** False where no day before the decision was read at all. */
  readonly isWatched: boolean;
  /** The last time it turned red before the decision. Days before the notice date; whether anybody answered. */
  readonly red: { readonly leadDays: number; readonly isAnswered: boolean } | null;
  /** Days before the notice date at which each kind of indicator first stood. */
  readonly raised: Pick<ReadonlyMap<string, number>, 'get' | 'has' | 'keys'>;
  /** Last answer before the decision; null without one. */
  readonly lastNps: number | null;
}

/** One row per term of the account. */
export const termRowsOf = (account: AccountHistory): TermRow[] => account.outcomes.map((outcome) => termRowOf(account, outcome));

function termRowOf(account: AccountHistory, outcome: ContractOutcome): TermRow {
  const { readings } = account;
  const { noticeOn, lost } = outcome;
  const knownOn = Math.min(outcome.decidedOn ?? noticeOn, noticeOn);
  const startsOn = outcome.startsOn ?? -Infinity;
  const at = leads.map((lead) => {
    const day = noticeOn - lead;
    if (day < startsOn) return 'outside';
    if (day >= knownOn) return 'decided';
    const reading = readings[lastBy(readings, day)];
    if (reading === undefined || reading.day <= day - readingLasts) return 'unread';
    return isDecided(reading) ? 'decided' : { scoreBp: reading.scoreBp, isRed: reading.riskLevel === 'red', pointsBp: reading.pointsBp };
  });
  const watched = readings.slice(lastBy(readings, Math.max(startsOn, noticeOn - warningDays) - 1) + 1, lastBy(readings, knownOn - 1) + 1).filter((reading) => !isDecided(reading));
  const raised = new Map<string, number>();
  for (const { day, indicators } of watched) for (const kind of indicators) if (!raised.has(kind)) raised.set(kind, noticeOn - day);
  return {
    accountId: account.accountId, segment: account.segment, lost, at, isWatched: watched.length > 0, raised,
    red: redOf(watched, noticeOn, knownOn, account.outreach),
    lastNps: account.nps.findLast(({ day }) => day < knownOn)?.score ?? null,
  };
}

const isDecided = (reading: JudgedDay): boolean => reading.indicators.includes(notice);

/** Index of the last entry not after `day`; -1 without one. */
function lastBy(rising: readonly { readonly day: EpochDay }[], day: EpochDay): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]!.day <= day) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function redOf(watched: readonly JudgedDay[], noticeOn: EpochDay, knownOn: EpochDay, outreach: readonly EpochDay[]): TermRow['red'] {
  const last = watched.findLastIndex(({ riskLevel }) => riskLevel === 'red');
  if (last < 0) return null;
  let first = last;
  while (watched[first - 1]?.riskLevel === 'red') first -= 1;
  const { day } = watched[first]!;
  return { leadDays: noticeOn - day, isAnswered: outreach.some((on) => on >= day && on <= day + answerDays && on < knownOn) };
}
