import { runsOn } from './arr.js';
import { valuesOn, type ContractTimeline, type Term } from './contract-terms.js';
import { decisionDay } from './decision-day.js';
import { addDays, daysBetween, type Day } from './day.js';

export type RenewalState = 'open' | 'agreed' | 'renewed' | 'extended' | 'churn_notified' | 'churned';
export type RenewalOutcome = 'flat' | 'upsell' | 'downsell' | 'extended' | 'churned';

/** The decision at the end of one term. */
export interface ContractRenewal {
  /** `<contractId>~<term end>` */
  readonly id: string;
  readonly contractId: string;
  readonly renewalOn: Day;
  /** The last day on which the customer can still say no. */
  readonly noticeOn: Day;
  /** ARR due at the term's end. */
  readonly arrMinor: number;
  readonly currency: string;
  readonly state: RenewalState;
  readonly outcome: RenewalOutcome | null;
  /** Renews by itself unless notice is given by `noticeOn`. */
  readonly autoRenew: boolean;
  /** Length of the term in days, both ends counted. */
  readonly termDays: number;
  /** First day of the term. */
  readonly startsOn: Day;
  /** When it became known what becomes of the term; null: it is open, or nobody said anything. */
  readonly decidedOn: Day | null;
}

/** The rules of renewing, as data. */
export interface RenewalPolicy {
  readonly id: string;
  readonly revision: number;
  /** Days after a term's end in which a late signature still counts as a renewal. */
  readonly graceDays: number;
}

export const shippedPolicy: RenewalPolicy = { id: 'renewal-policy', revision: 1, graceDays: 30 };

export function isPending(state: RenewalState): boolean {
  return state === 'open' || state === 'agreed' || state === 'churn_notified';
}

/** All renewals of a contract as of `today` (the day the timeline was unrolled to), by date. At most one is pending. */
export function renewalsOf(timeline: ContractTimeline, today: Day, policy: RenewalPolicy = shippedPolicy): ContractRenewal[] {
  const all = timeline.terms.flatMap((term, index) => renewalsOfTerm(timeline, term, timeline.terms[index + 1], today, policy.graceDays));
  // A term replaced by one that ends on the same day left its renewal to it.
  return [...new Map(all.map((renewal) => [renewal.id, renewal])).values()];
}

function renewalsOfTerm(timeline: ContractTimeline, term: Term, next: Term | undefined, today: Day, graceDays: number): ContractRenewal[] {
  const extended = term.formerEnds.map((end) => ({ ...shape(timeline, term, end), state: 'extended' as const, outcome: 'extended' as const, decidedOn: null }));
  if (term.endsOn === null || term.noticeOn === null) return extended;
  const cutShort = next !== undefined && next.startsOn < term.endsOn;
  // A term that followed by itself and was replaced by a signed one before its end had no decision of its own.
  if (cutShort && term.origin === 'implied') return extended;
  const standing = standingOn(timeline, term, next, today, graceDays);
  return [...extended, { ...shape(timeline, term, term.endsOn), ...standing, decidedOn: decisionDay(term, next, standing.state) }];
}

function shape(timeline: ContractTimeline, term: Term, end: Day): Omit<ContractRenewal, 'state' | 'outcome' | 'decidedOn'> {
  const values = valuesOn(timeline.values, end);
  const notice = term.endsOn !== null && term.noticeOn !== null && end === term.endsOn ? term.noticeOn : addDays(end, -(values?.noticeDays ?? 0));
  return {
    id: `${timeline.contractId}~${end}`,
    contractId: timeline.contractId,
    renewalOn: end,
    noticeOn: notice,
    arrMinor: values?.arrMinor ?? 0,
    currency: values?.currency ?? '',
    autoRenew: term.autoRenew,
    termDays: daysBetween(term.startsOn, end) + 1,
    startsOn: term.startsOn,
  };
}

function standingOn(timeline: ContractTimeline, term: Term, next: Term | undefined, today: Day, graceDays: number): Pick<ContractRenewal, 'state' | 'outcome'> {
  const end = term.endsOn!;
  const churned = { state: 'churned', outcome: 'churned' } as const;
  // A next term known is a decision taken: on time it renews this one, after grace it wins the customer back.
  if (next) return next.startsOn <= addDays(end, graceDays) ? { state: 'renewed', outcome: change(timeline, term, next) } : churned;
  const { ended, lost, agreed } = term.standing;
  if (lost || (ended && ended.from <= today)) return churned;
  const running = runsOn(term, today) || today < term.startsOn;
  if (term.noticeInForce || ended) return running ? { state: 'churn_notified', outcome: null } : churned;
  if (agreed) return { state: 'agreed', outcome: null };
  return today <= addDays(end, graceDays) ? { state: 'open', outcome: null } : churned;
}

/** What the renewal brought: ARR at the start of the next term against ARR at the end of this one. */
function change(timeline: ContractTimeline, term: Term, next: Term): RenewalOutcome {
  const lastDay = next.startsOn <= term.endsOn! ? addDays(next.startsOn, -1) : term.endsOn!;
  const before = valuesOn(timeline.values, lastDay)?.arrMinor ?? 0;
  const after = valuesOn(timeline.values, next.startsOn)?.arrMinor ?? 0;
  if (after === before) return 'flat';
  return after > before ? 'upsell' : 'downsell';
}
