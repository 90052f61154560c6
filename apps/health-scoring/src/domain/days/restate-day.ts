import type { Signal } from '@perennial/contracts/signal';
import { signalKinds } from '@perennial/contracts/signal';
import type { CountedFeatures } from '../facts/fold-feature.js';
import { readMeasure } from '../measures/measure.js';
import { canonical, type CompiledMeasure } from '../scorecard/compile-scorecard.js';
import type { SourceLiveness } from '../sources/source-liveness.js';
import type { AccountHealthState } from '../state.js';
import { dayOf, startOf, type EpochDay } from '../time/day.js';
import { AccountView } from '../verdict/account-view.js';
import { capFactsOf, type CapFacts } from './cap-facts.js';
import { asKept } from './day-codec.js';
import type { DayFacts } from './day-facts.js';
import { factsMovedBy, happenedAt, lastWordOn, type ToldFact } from './told-facts.js';

/** Days for which late signals restate what was known: use is kept by day for its window of 28 days and a fortnight of lateness. */
export const restatedDays = 14;

/** An account before signals came late, and as it is now. */
export interface LateSignals {
  readonly before: AccountHealthState;
  readonly after: AccountHealthState;
  readonly signals: readonly Signal[];
  /** Imports whose word is no sign that somebody has gone; none by default. */
  readonly uncounted?: ReadonlySet<string>;
}

/** How days were read: measures by reading key, and what the deployment calls key. */
export interface PastReading {
  readonly entries: ReadonlyMap<string, CompiledMeasure>;
  readonly keyFeatures: readonly string[];
  readonly featureCounts: CountedFeatures;
}

/** What is known of a day now. `unknown`: ids of measures, `caps`, `indicators` and `band`, that stand as they were known before though they may be others. */
export interface RestatedFacts {
  readonly facts: DayFacts;
  readonly unknown: ReadonlySet<string>;
}

const capsGoBy: Readonly<Record<keyof CapFacts, readonly ToldFact[]>> = {
  cancelled: ['terms'], intents: ['answers', 'roles'], use: ['use'], urgentSince: ['tickets'], complaintSince: ['tickets'], dueGoals: ['goals', 'metrics'], unreplaced: ['roles', 'indicators'], overdueDays: ['invoices'],
};
const capNames = Object.keys(capsGoBy) as (keyof CapFacts)[];

/**
 * What was known of the day, and what is now that `late` has come; null where none of these signals belongs to it or to a day before. What the signals
 * may have moved is read again from what is known today, as of then. That is exact where nothing it goes by has been told of a later instant (of such
 * facts today's answer has replaced that day's), and where today's facts without the signals give what was known: else it is named, and stays as it was.
 */
export function restateDay(day: EpochDay, known: RestatedFacts, late: LateSignals, reading: PastReading): RestatedFacts | null {
  const signals = late.signals.filter((signal) => dayOf(happenedAt(signal)) <= day);
  if (signals.length === 0) return null;
  const { facts } = known;
  // What happened that day after its last look would have been a reason for another one.
  const asOf = Math.max(facts.asOf, ...signals.map(happenedAt).filter((at) => dayOf(at) === day));
  const view = (state: AccountHealthState): AccountView => new AccountView(asOn(facts, state, late.before), asOf, alive, { tiers: {}, defaultTier: '' }, reading.keyFeatures, reading.featureCounts, late.uncounted);
  const [before, after] = [view(late.before), view(late.after)];
  const fateOf = fates(day, late, signals, reading.keyFeatures);
  // How old the account is matters everywhere.
  const isOfSameAge = after.ageDays === facts.applicant.ageDays;

  const entries = facts.plan.keys.map((key) => reading.entries.get(key));
  const readingFates = entries.map((entry) => (entry !== undefined && isOfSameAge ? fateOf(entry.definition.goesBy(after, entry.settings)) : 'unknown'));
  const readingsOn = (then: AccountView): DayFacts['readings'] => facts.readings.map((read, place) => (readingFates[place] === 'read' ? readMeasure(then, entries[place]!) : read));
  const capFates = new Map(capNames.map((cap) => [cap, fateOf(capsGoBy[cap])]));
  const capsOn = (then: AccountView): CapFacts => {
    const caps = capFactsOf(then, []);
    return { ...facts.caps, ...Object.fromEntries(capNames.flatMap((cap) => (capFates.get(cap) === 'read' ? [[cap, caps[cap]]] : []))) };
  };
  // As days are kept, without words and evidence.
  const [was, is] = [before, after].map((then) => asKept({ ...facts, asOf, readings: readingsOn(then), caps: capsOn(then) })) as [DayFacts, DayFacts];

  const unknown = new Set(known.unknown).add('indicators');
  const readings = facts.readings.map((read, place) => {
    const isToldAgain = isSame(was.readings[place], read);
    if (readingFates[place] === 'unknown' || !isToldAgain) unknown.add(idOf(facts.plan.keys[place]!));
    return isToldAgain ? is.readings[place]! : read;
  });
  const caps = { ...facts.caps };
  for (const cap of capNames) {
    const isToldAgain = isSame(was.caps[cap], caps[cap]);
    if (capFates.get(cap) === 'unknown' || !isToldAgain) unknown.add('caps');
    if (isToldAgain) Object.assign(caps, { [cap]: is.caps[cap] });
  }
  return { facts: { ...facts, asOf, readings, caps }, unknown };
}

/** What becomes of what goes by some facts: left where the signals move none of them, else read again where that day's are still there. */
function fates(day: EpochDay, { before, after }: LateSignals, signals: readonly Signal[], keyFeatures: readonly string[]): (goesBy: readonly ToldFact[]) => 'left' | 'read' | 'unknown' {
  const end = startOf(day + 1) - 1;
  const moved = new Set(signals.flatMap((signal) => factsMovedBy(signal, before, day, keyFeatures)));
  // Whether use can be looked back at matters only to what late use moves; it hangs on what looks remembered before.
  const isStillThere = (fact: ToldFact): boolean => (fact === 'use' ? !moved.has('use') || lastWordOn(fact, before) <= end : lastWordOn(fact, after) <= end);
  return (goesBy) => (!goesBy.some((fact) => moved.has(fact)) ? 'left' : goesBy.every(isStillThere) ? 'read' : 'unknown');
}

/** True for the same plain data, in whatever order of fields. */
export const isSame = (one: unknown, other: unknown): boolean => canonical({ one }) === canonical({ one: other });

const idOf = (key: string): string => key.slice(0, key.indexOf(' '));

/** Which sources were silent that day is not kept; what was stale differs from what is read of one that is alive, and is left alone. */
const alive: SourceLiveness = Object.fromEntries(signalKinds.map((kind) => [kind, { lastSeenAt: 0, staleAt: Infinity }]));

/** The account with that day's tier, and what looks remembered before the signals came. */
function asOn({ applicant }: DayFacts, state: AccountHealthState, { memory }: AccountHealthState): AccountHealthState {
  return { ...state, memory, account: state.account && { ...state.account, tier: applicant.tier } };
}
