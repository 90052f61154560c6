import { rolesOf } from '../contacts/contact-facts.js';
import { hasRole, isDecisionMaker } from '../contacts/roles.js';
import { attainmentsOf } from '../goals/attainment.js';
import { cancelledContracts } from '../indicators/cancel-scheduled.js';
import { goneMark } from '../indicators/champion-left.js';
import { oldestOverdue } from '../indicators/payment-overdue.js';
import type { ActiveIndicator } from '../state.js';
import { openComplaints, urgentTickets } from '../tickets/open-tickets.js';
import type { EpochDay, EpochMs } from '../time/day.js';
import type { AccountView } from '../verdict/account-view.js';

/** What caps go by besides measures and indicators, whatever their settings. */
export interface CapFacts {
  readonly cancelled: boolean;
  /** Answers of decision makers on renewal; of two the older counts only if it is the lower. Newest first. */
  readonly intents: readonly { readonly score: number; readonly at: EpochMs }[];
  /** Use in 28 days and in the 28 before, as shares of the reference; null without one. */
  readonly use: { readonly level: number; readonly earlier: number } | null;
  /** Since when the oldest urgent ticket, and the oldest complaint, are open; null: none is. */
  readonly urgentSince: EpochMs | null;
  readonly complaintSince: EpochMs | null;
  /** Goals whose date has passed, with their attainment; of two the one due earlier counts only if less of it was attained. The last due first. */
  readonly dueGoals: readonly { readonly dueOn: EpochDay; readonly share: number }[];
  /** Kinds of active indicators that tell of a stakeholder whom nobody replaced. */
  readonly unreplaced: readonly string[];
  /** Of the unpaid invoice furthest past its date; 0: none is. */
  readonly overdueDays: number;
}

/** Roles whose holder an indicator may tell to be gone. */
export const goneRoles = [['sponsor_change', 'executive_sponsor'], ['champion_left', 'champion']] as const;

/** A target made easier this many days before its date does not count for caps. */
export const capLockDays = 90;

export function capFactsOf(view: AccountView, indicators: readonly ActiveIndicator[]): CapFacts {
  const { tickets } = view.facts;
  const { level, reference, earlierTotal } = view.usage;
  return {
    cancelled: cancelledContracts(view).length > 0,
    intents: lowestFirst(view.stakeholders.flatMap((contact) => (contact.intent !== null && isDecisionMaker(rolesOf(contact)) ? [{ score: contact.intent.score, at: contact.intent.at }] : [])), ({ at }) => at, ({ score }) => score),
    use: level === null || reference === null ? null : { level: inTenThousandths(level), earlier: inTenThousandths(earlierTotal / reference) },
    urgentSince: urgentTickets(tickets)[0]?.since.at ?? null,
    complaintSince: openComplaints(tickets)[0]?.since.at ?? null,
    dueGoals: lowestFirst(
      attainmentsOf(view, { leastElapsedShare: 1, targetLockDays: capLockDays, horizonDays: Infinity }).flatMap(({ dueOn, share }) => (dueOn < view.today && share !== null && Number.isFinite(share) ? [{ dueOn, share: inTenThousandths(share) }] : [])),
      ({ dueOn }) => dueOn,
      ({ share }) => share,
    ),
    unreplaced: goneRoles.flatMap(([kind, role]) => {
      const gone = indicators.find((indicator) => indicator.kind === kind);
      const isReplaced = view.stakeholders.some((contact) => contact.personId !== gone?.subject && hasRole(rolesOf(contact), role) && goneMark(contact) === null);
      return gone === undefined || isReplaced ? [] : [kind];
    }),
    overdueDays: oldestOverdue(view, view.today)?.days ?? 0,
  };
}

/** As many decimals as are shown, and judged by. */
const inTenThousandths = (value: number): number => Math.round(value * 10_000) / 10_000 + 0;

/** Only what no newer and at least as low one makes needless, the newest first. */
function lowestFirst<T>(found: readonly T[], timeOf: (one: T) => number, valueOf: (one: T) => number): T[] {
  const kept: T[] = [];
  for (const one of [...found].sort((a, b) => timeOf(b) - timeOf(a) || valueOf(a) - valueOf(b))) {
    const last = kept.at(-1);
    if (last === undefined || valueOf(one) < valueOf(last)) kept.push(one);
  }
  return kept;
}
