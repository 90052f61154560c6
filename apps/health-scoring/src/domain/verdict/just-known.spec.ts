import { Scenario, aliveAt, monday } from '../../../test/scenario.js';
import { isoDay } from '../time/day.js';

/** A customer of old, of whom the contract is told first: nobody met it, as it seems, and no ticket is open. */
function contractFirst(): Scenario {
  const it = new Scenario().account({}, 0);
  it.sources = (asOf) => aliveAt(asOf);
  it.signal(0.1, 'contract', { contractId: 'c', status: 'created', startsOn: isoDay(monday - 200), endsOn: null, arrMinor: 1, currency: 'EUR' });
  return it;
}
function theRest(it: Scenario, day: number): void {
  for (const type of ['nps', 'csat', 'renewal_intent'] as const) it.signal(day, 'survey', { type, score: type === 'csat' ? 5 : 10 }, { personId: 'sam' });
  it.person(day, 'sam', { change: 'created', roles: ['executive_sponsor', 'champion', 'power_user'] });
  it.signal(day, 'pulse', { pulse: 5, reason: 'r' });
  it.signal(day, 'goal', { goalId: 'g', name: 'G', metric: 'm', baseline: 0, target: 1, dueOn: isoDay(monday - 1), startsOn: isoDay(monday - 50), status: 'confirmed' });
  it.meeting(day, 'sam', 'kim');
}

describe('an account of which half is known', () => {
  it('is not held back by it on its first day', () => {
    const it = contractFirst();
    expect(['red', 'amber']).toContain(it.look(0.2, { cause: 'signal' }).health.band);
    theRest(it, 0.3);
    expect(it.look(0.4, { cause: 'signal' }).health.band).toBe('green');
  });
  it('proves itself like all others after it', () => {
    const it = contractFirst();
    it.watch(0.2, 2.2, { cause: 'signal' });
    theRest(it, 2.3);
    expect([2.4, 3, 4, 5].map((day) => it.look(day).health.band)).toEqual(['red', 'red', 'green', 'green']);
  });
});
