import fc from 'fast-check';
import type { Signal } from '@perennial/contracts/signal';
import { factBytes } from '../../test/fact-bytes.js';
import { keyFeatures, resolved, someSignals, start } from '../../test/random-signals.js';
import { Scenario, aliveAt, shippedDocument, signalOf } from '../../test/scenario.js';
import { applySignal, finishRestatement, resetFacts } from './account-health.js';
import { look, type Verdict } from './look.js';
import { compileScorecard } from './scorecard/compile-scorecard.js';
import type { AccountHealthState } from './state.js';
import { dayMs } from './time/day.js';

/** With heaviest users that there may be among six people within 130 days. */
const document = shippedDocument('csm-led');
const heaviest = { share: 0.5, fromWeek: 12, toWeek: 6, fewestUsers: 1 };
const scorecard = compileScorecard({ ...document, indicators: document.indicators.map((entry) => (entry.kind === 'power_user_decline' ? { ...entry, settings: { ...entry.settings, heaviest } } : entry)) }, 1);
const asOf = start + 131 * dayMs;
const looked = (state: AccountHealthState, at: number): Verdict => look(state, { asOf: at, cause: 'signal', scorecard, sources: aliveAt(at), keyFeatures, everyone: [...state.contacts.values()] })!;
/** An account whose record names two of the people that signals speak of, and one of whom nobody else does. */
const account = (): AccountHealthState =>
  new Scenario().account({ stakeholders: [['c', 'champion'], ['u', 'budget_holder'], ['nobody', 'executive_sponsor']].map(([personId, role]) => ({ personId: personId!, name: personId!, title: null, roles: [role as 'champion'] })) }).state;
const told = (state: AccountHealthState, signals: readonly Signal[]): AccountHealthState => {
  for (const signal of signals) applySignal(state, signal, keyFeatures);
  return state;
};

/** Use every week up to a day, and nothing from then on: a fall that looks raise, with the reference of its beginning. */
const useUntil = (day: number): Signal[] => Array.from({ length: Math.ceil(day / 7) }, (_, week) => signalOf('acme', 'usage', { event: 'e', quantity: 90 + (week % 3) }, start + (week * 7 + 2) * dayMs, { id: `use-${week}` }));

it('an account that is told anew is what one is that never heard anything else: facts, readings, caps and raw score, whatever was known and seen before', () => {
  let [differed, fell, counted] = [0, 0, 0];
  fc.assert(
    fc.property(someSignals, someSignals, fc.nat(60), fc.subarray([20, 60, 100, 115, 130]), fc.constantFrom(0, 80), fc.constantFrom(0, 80, 130), (before, after, kept, days, usedUntil, reallyUntil) => {
      // Some of what was known comes again, some is gone, some is new.
      const [old, fresh] = [resolved(before), resolved(after).map((signal) => ({ ...signal, id: `new-${signal.id}` }))];
      const signals = [...fresh, ...old.slice(0, kept), ...useUntil(reallyUntil)];
      const restated = told(account(), [...old, ...useUntil(usedUntil)]);
      for (const day of days) looked(restated, start + day * dayMs);
      const was = factBytes(restated);
      if (restated.memory.usageTrack.raised !== null) fell += 1;
      resetFacts(restated);
      told(restated, [...signals].reverse());
      finishRestatement(restated, { cause: 'restatement' });
      const fromNothing = told(account(), signals);
      expect(factBytes(restated)).toBe(factBytes(fromNothing));
      if (was !== factBytes(restated)) differed += 1;

      const [is, should] = [looked(restated, asOf), looked(fromNothing, asOf)];
      expect(is.health.measures).toEqual(should.health.measures);
      expect(is.health.products).toEqual(should.health.products);
      expect([is.health.rawScore, is.health.dataCoverage]).toEqual([should.health.rawScore, should.health.dataCoverage]);
      expect(restated.memory.usageTrack).toEqual(fromNothing.memory.usageTrack);
      expect({ ...restated.memory.heaviest, raised: null }).toEqual({ ...fromNothing.memory.heaviest, raised: null });
      if (fromNothing.memory.heaviest?.now != null) counted += 1;
      expect(is.facts.readings).toEqual(should.facts.readings);
      // Who is gone and not replaced goes by indicators, which follow the looks.
      expect({ ...is.facts.caps, unreplaced: [] }).toEqual({ ...should.facts.caps, unreplaced: [] });
    }),
    { numRuns: 80 },
  );
  expect(differed).toBeGreaterThan(40);
  expect(fell).toBeGreaterThan(5);
  expect(counted).toBeGreaterThan(5);
});
