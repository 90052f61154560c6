import type { SignalData } from '@perennial/contracts/signal';
import { signalOf } from '../../../test/scenario.js';
import { isoDay } from '../time/day.js';
import { foldGoal, termsOf, type GoalFacts, type GoalTerms } from './fold-goal.js';

const agreed: SignalData['goal'] = { goalId: 'g', name: 'Save time', metric: 'hours', baseline: 0, target: 10, startsOn: isoDay(20_000), dueOn: isoDay(20_300), weight: 1, status: 'set' };
const terms: GoalTerms = { metric: 'hours', baseline: 0, target: 10, startsOn: 20_000, dueOn: 20_300, weight: 1 };

/** What was said of the goal, one day after the other. */
function told(...said: readonly Partial<SignalData['goal']>[]): GoalFacts {
  const goals = new Map<string, GoalFacts>();
  said.forEach((changes, day) => {
    const signal = signalOf('acme', 'goal', { ...agreed, ...changes }, day, { id: `s${day}` });
    if (signal.kind === 'goal') foldGoal(goals, signal, { at: day, id: signal.id });
  });
  return goals.get('g')!;
}

describe('a goal', () => {
  it.each<[keyof GoalTerms, Partial<SignalData['goal']>, Partial<GoalTerms>]>([
    ['metric', { metric: 'days' }, { metric: 'days' }],
    ['baseline', { baseline: 4 }, { baseline: 4 }],
    ['target', { target: 20 }, { target: 20 }],
    ['startsOn', { startsOn: isoDay(20_100) }, { startsOn: 20_100 }],
    ['dueOn', { dueOn: isoDay(20_200) }, { dueOn: 20_200 }],
    ['weight', { weight: 3 }, { weight: 3 }],
  ])('counts by the terms stated last, be it only another %s, and remembers those of before', (_, changes, changed) => {
    const goal = told({}, changes);
    expect(termsOf(goal)).toEqual({ ...terms, ...changed });
    expect(goal.terms.map(({ value }) => value)).toEqual([terms, { ...terms, ...changed }]);
    // Back to what was agreed at first: no third agreement.
    const back = told({}, changes, {});
    expect(termsOf(back)).toEqual(terms);
    expect(back.terms).toHaveLength(2);
  });

  it('that was dropped counts no more, until it is stated again', () => {
    expect(termsOf(told({}, { status: 'dropped' }))).toBeNull();
    expect(termsOf(told({}, { status: 'dropped' }, {}))).toEqual(terms);
  });
});
