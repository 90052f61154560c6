import { isDeepStrictEqual } from 'node:util';
import type { Signal } from '@perennial/contracts/signal';
import fc from 'fast-check';
import { keyFeatures, resolved, someSignals, start } from '../../../test/random-signals.js';
import { aliveAt, csmLedScorecard, Scenario, shippedDocument } from '../../../test/scenario.js';
import { applySignal } from '../account-health.js';
import { look } from '../look.js';
import { compileScorecard } from '../scorecard/compile-scorecard.js';
import { decodeState, encodeState } from '../state-codec.js';
import type { AccountHealthState } from '../state.js';
import { dayMs, dayOf, startOf, type EpochDay } from '../time/day.js';
import { asKept } from './day-codec.js';
import type { DayFacts } from './day-facts.js';
import { readingPlanOf } from './reading-plan.js';
import { restateDay, restatedDays, type RestatedFacts } from './restate-day.js';
import { happenedAt } from './told-facts.js';

const cards = ['csm-led', 'digital', 'onboarding', 'goals-only'].map((id) => compileScorecard(shippedDocument(id), 1));
const plan = readingPlanOf(cards, 7);
const entries = new Map(plan.entries.map((entry) => [entry.readingKey, entry]));
const reading = { entries, keyFeatures, featureCounts: { countedSince: () => null } };

const copyOf = (state: AccountHealthState): AccountHealthState => ({ ...decodeState(state.accountId, encodeState(state)), contacts: structuredClone(state.contacts) });
const account = (): AccountHealthState => new Scenario().account({}, -40).state;
const tell = (state: AccountHealthState, signals: readonly Signal[]): void => signals.forEach((signal) => applySignal(state, signal, keyFeatures));

/** What the last look of each day knew, at 20:00; signals come so many days after they happened. */
class Watched {
  readonly state = account();
  readonly days = new Map<EpochDay, RestatedFacts>();
  readonly then = new Map<EpochDay, DayFacts>();

  live(day: EpochDay, came: readonly Signal[]): void {
    const late = day === first ? [] : came.filter((signal) => dayOf(happenedAt(signal)) < day);
    const before = copyOf(this.state);
    tell(this.state, came);
    const facts = this.look(day);
    this.then.set(day, facts);
    this.days.set(day, { facts, unknown: new Set() });
    for (let past = day - restatedDays; past < day; past += 1) {
      const known = this.days.get(past);
      const restated = known === undefined ? null : restateDay(past, known, { before, after: this.state, signals: late }, reading);
      if (restated !== null) this.days.set(past, restated);
    }
  }

  private look(day: EpochDay): DayFacts {
    const asOf = startOf(day) + 20 * 3_600_000;
    return asKept(look(this.state, { asOf, cause: 'signal', scorecard: csmLedScorecard, sources: aliveAt(asOf), plan, keyFeatures })!.facts);
  }
}

/** All that happened before is told on the first day. */
const [first, last] = [dayOf(start) + 95, dayOf(start) + 131];

/** So many that their account is judged by events, not by their number. */
const users = ['u', 'v', 'w', 'k', 'l', 'm', 'n', 'o', 'q', 'r'];

/** Use on each of these days of the histories. */
const useOn = (from: number, until: number): Signal[] => resolved(Array.from({ length: until - from }, (_, n) => ({ kind: 'usage' as const, data: { event: 'e', quantity: 20 + (n % 3) }, personId: users[n % users.length]!, product: null, at: start + (from + n) * dayMs + 3_600_000 })))
  .map((signal) => ({ ...signal, id: `use-${signal.id}` }));

/** Days of use: none to speak of, up to some day, and of more than a year, by which use is then judged. */
const usedOn: readonly (readonly [from: number, until: number])[] = [[0, 0], [0, 100], [0, 125], [-330, 125]];

/** Tells of each day what is known of it in the end, what was then, and what would have been had each signal come on its day. */
function tellLate(signals: readonly Signal[], delays: readonly number[]): { watched: Watched; prompt: Watched; isMissing: (day: EpochDay) => boolean } {
  const [watched, prompt] = [new Watched(), new Watched()];
  const happenedOn = (place: number): EpochDay => Math.max(dayOf(happenedAt(signals[place]!)), first);
  const cameOn = (place: number): EpochDay => happenedOn(place) + (happenedOn(place) === first ? 0 : delays[place % delays.length]!);
  for (let day = first; day <= last; day += 1) {
    watched.live(day, signals.filter((_, place) => cameOn(place) === day));
    prompt.live(day, signals.filter((_, place) => happenedOn(place) === day));
  }
  // What has not come by then is not known now either.
  return { watched, prompt, isMissing: (day) => signals.some((signal, place) => cameOn(place) > last && dayOf(happenedAt(signal)) <= day) };
}

/** What was restated, and what was named, by id of measure. */
function compareHistories(parameters: { numRuns: number; seed?: number }): { restated: Set<string>; named: Set<string> } {
  const [restated, named] = [new Set<string>(), new Set<string>()];
  fc.assert(
    fc.property(fc.array(someSignals, { minLength: 10, maxLength: 10 }), fc.array(fc.constantFrom(0, 0, 0, 1, 3, restatedDays), { minLength: 7, maxLength: 7 }), fc.constantFrom(...usedOn), (stories, delays, used) => {
      const { watched, prompt, isMissing } = tellLate([...resolved(stories.flat()), ...useOn(...used)], delays);
      for (const [day, { facts, unknown }] of watched.days) {
        if (isMissing(day)) continue;
        const truth = prompt.days.get(day)!.facts;
        plan.keys.forEach((key, place) => {
          const id = key.split(' ')[0]!;
          if (unknown.has(id)) return void named.add(id);
          if (!isDeepStrictEqual(facts.readings[place], watched.then.get(day)!.readings[place])) restated.add(id);
          expect([day - first, id, facts.readings[place]]).toEqual([day - first, id, truth.readings[place]]);
        });
        const { unreplaced: _, ...caps } = facts.caps;
        if (!unknown.has('caps')) expect(truth.caps).toMatchObject(caps);
      }
    }),
    parameters,
  );
  return { restated, named };
}

it('a day as known now is what its look would have known had nothing come late, but for what it names; on random days of random histories', () => {
  // Else there was nothing to compare.
  expect(compareHistories({ numRuns: 10 }).restated.size).toBeGreaterThan(0);
});

it('the histories reach what can be read again, and what cannot', () => {
  const { restated, named } = compareHistories({ numRuns: 20, seed: 32 });
  expect(restated.size).toBeGreaterThan(6);
  expect(named.size).toBeGreaterThan(3);
});

it('use is told again of each of the days that are looked back at, by the days before and by the weeks of last year alike', () => {
  for (const [from, until] of [[0, 131], [-330, 131]] as const) {
    const { watched, prompt, isMissing } = tellLate(useOn(from, until), [0, restatedDays, 3]);
    const place = plan.keys.findIndex((key) => key.startsWith('usage_level '));
    for (const [day, { facts, unknown }] of watched.days) {
      expect([from, day - first, unknown.has('usage_level'), unknown.has('caps')]).toEqual([from, day - first, false, false]);
      if (!isMissing(day)) expect(facts.readings[place]).toEqual(prompt.days.get(day)!.facts.readings[place]);
    }
  }
});
