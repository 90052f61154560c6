import type { Signal } from '@perennial/contracts/signal';
import { signalKinds } from '@perennial/contracts/signal';
import { isDeepStrictEqual } from 'node:util';
import type { CountedFeatures } from '../facts/fold-feature.js';
import { readMeasure } from '../measures/measure.js';
import type { CompiledMeasure } from '../scorecard/compile-scorecard.js';
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

/**
 * What was known of the day, and what is now that `late` has come; null where none of these signals belongs to it or to a day before. What the signals
 * may have moved is read again from what is known today, as of then. That is exact where nothing it goes by has been told of a later instant (of such
 * facts today's answer has replaced that day's), and where today's facts without the signals give what was known: else it is named, and stays as it was.
 */
export function restateDay(day: EpochDay, known: RestatedFacts, late: LateSignals, { entries, keyFeatures, featureCounts }: PastReading): RestatedFacts | null {
  const signals = late.signals.filter((signal) => dayOf(happenedAt(signal)) <= day);
  if (signals.length === 0) return null;
  const end = startOf(day + 1) - 1;
  const moved = new Set(signals.flatMap((signal) => factsMovedBy(signal, late.before, day, keyFeatures)));
  const { facts } = known;
  // What happened that day after its last look would have been a reason for another one.
  const asOf = Math.max(facts.asOf, ...signals.map(happenedAt).filter((at) => dayOf(at) === day));
  const view = (state: AccountHealthState): AccountView => new AccountView(asOn(facts, state, late.before), asOf, alive, { tiers: {}, defaultTier: '' }, keyFeatures, featureCounts);
  const [before, after] = [view(late.before), view(late.after)];
  const isMoved = (goesBy: readonly ToldFact[]): boolean => goesBy.some((fact) => moved.has(fact));
  // Of use itself every day is kept: it matters only to what it moves.
  const isReadable = (goesBy: readonly ToldFact[]): boolean => goesBy.every((fact) => (fact === 'use' && !moved.has('use')) || lastWordOn(fact, fact === 'use' ? after.state : late.after) <= end);

  const unknown = new Set(known.unknown).add('indicators');
  // How old the account is matters everywhere.
  const isOfSameAge = after.ageDays === facts.applicant.ageDays;
  const [was, is] = [[...facts.readings], [...facts.readings]];
  const open: number[] = [];
  for (const [place, key] of facts.plan.keys.entries()) {
    const entry = entries.get(key);
    const id = idOf(key);
    if (isOfSameAge && entry !== undefined) {
      const goesBy = entry.definition.goesBy(after, entry.settings);
      if (!isMoved(goesBy)) continue;
      if (isReadable(goesBy)) {
        was[place] = readMeasure(before, entry);
        is[place] = readMeasure(after, entry);
        open.push(place);
        continue;
      }
    }
    unknown.add(id);
  }
  const [capsWere, capsAre] = [{ ...facts.caps }, { ...facts.caps }];
  const openCaps = (Object.keys(capsGoBy) as (keyof CapFacts)[]).filter((cap) => isMoved(capsGoBy[cap]) && (isReadable(capsGoBy[cap]) || (unknown.add('caps'), false)));
  if (openCaps.length > 0) {
    const [then, now] = [capFactsOf(before, []), capFactsOf(after, [])];
    for (const cap of openCaps) Object.assign(capsWere, { [cap]: then[cap] }), Object.assign(capsAre, { [cap]: now[cap] });
  }

  // As days are kept, without words and evidence.
  const [then, now] = [asKept({ ...facts, asOf, readings: was, caps: capsWere }), asKept({ ...facts, asOf, readings: is, caps: capsAre })];
  const readings = [...facts.readings];
  for (const place of open) {
    if (isDeepStrictEqual(then.readings[place], facts.readings[place])) readings[place] = now.readings[place]!;
    else unknown.add(idOf(facts.plan.keys[place]!));
  }
  const caps = { ...facts.caps };
  for (const cap of openCaps) {
    if (isDeepStrictEqual(then.caps[cap], facts.caps[cap])) Object.assign(caps, { [cap]: now.caps[cap] });
    else unknown.add('caps');
  }
  return { facts: { ...facts, asOf, readings, caps }, unknown };
}

const idOf = (key: string): string => key.slice(0, key.indexOf(' '));

/** Which sources were silent that day is not kept; what was stale differs from what is read of one that is alive, and is left alone. */
const alive: SourceLiveness = Object.fromEntries(signalKinds.map((kind) => [kind, { lastSeenAt: 0, staleAt: Infinity }]));

/** The account with that day's tier, and what looks remembered before the signals came. */
function asOn({ applicant }: DayFacts, state: AccountHealthState, { memory }: AccountHealthState): AccountHealthState {
  return { ...state, memory, account: state.account && { ...state.account, tier: applicant.tier } };
}
