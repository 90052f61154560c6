import fc from 'fast-check';
import { attainmentOn, type Attainment } from './goal-attainment.js';
import { noGoalFacts, withGoal, withMetric, withMilestone, type GoalEntry, type GoalFacts } from './goal-facts.js';
import type { HealthReading } from './health-reading.js';
import { logit } from './log-odds.js';
import { withOwnRates } from './prior-document.js';
import { scorecard } from './scorecard.js';
import { shippedPrior } from './shipped-prior.js';

const today = '2026-07-01';
const noGoals = attainmentOn(noGoalFacts, today, shippedPrior.goals);
const health = (kinds: (string | [string, 'severe'])[], pulse: number | null = null): HealthReading => ({
  indicators: kinds.map((kind) => (typeof kind === 'string' ? { kind, severe: false, text: kind } : { kind: kind[0], severe: true, text: kind[0] })),
  pulse,
});
const goal = (fields: Partial<GoalEntry> = {}): GoalEntry => ({
  id: 'g-set', occurredAt: '2026-01-01T00:00:00.000Z', goalId: 'g1', status: 'set', name: 'automate', metric: 'automated', baseline: 10, target: 60, dueOn: '2026-06-30', weight: 1, actual: null, ...fields,
});
const measured = (value: number, day = '2026-07-01', facts = withGoal(noGoalFacts, goal())): GoalFacts => withMetric(facts, 'automated', { id: `m-${day}`, occurredAt: `${day}T00:00:00.000Z`, value });
const goalsOf = (facts: GoalFacts, day = today): Attainment => attainmentOn(facts, day, shippedPrior.goals);
const score = (goals: Attainment, reading: HealthReading | null = null, termDays = 365) => scorecard({ termDays, goals, health: reading }, today, shippedPrior);

describe('goals and the base', () => {
  it.each([
    ['a year', 365, 0.9],
    ['a quarter', 92, 0.975],
    ['a month', 30, 0.975],
  ])('starts at the rate of %s, labelled, while nothing is measured', (_, termDays, probability) => {
    const scored = score(noGoals, null, termDays);
    expect(scored.probability).toBeCloseTo(probability, 12);
    expect(scored).toMatchObject({ text: 'goals not recorded', drivers: [] });
    expect(scored.seedPrior).toBeCloseTo(probability, 12);
  });

  it('takes the company own rates', () => {
    const own = withOwnRates(shippedPrior, { shortTerm: null, longTerm: 0.8 });
    expect(scorecard({ termDays: 365, goals: noGoals, health: null }, today, own).probability).toBeCloseTo(0.8, 12);
    expect(scorecard({ termDays: 30, goals: noGoals, health: null }, today, own).probability).toBeCloseTo(0.975, 12);
  });

  it.each([
    ['over-achieved', 70, 0.999],
    ['achieved', 60, 0.99],
    ['just below over-achieved', 69.9, 0.99],
  ])('%s', (_, value, seed) => {
    const scored = score(goalsOf(measured(value)));
    expect(scored.seedPrior).toBeCloseTo(seed, 12);
    expect(scored.probability).toBeCloseTo(0.98, 12);
    expect(scored.drivers.map(({ id }) => id)).toEqual(['goals', 'published_limit']);
  });

  it('under-achieved is base - 2.2 in log-odds', () => {
    const scored = score(goalsOf(measured(59)));
    expect(logit(scored.seedPrior)).toBeCloseTo(logit(0.9) - 2.2, 12);
    expect(logit(scored.probability)).toBeCloseTo(logit(0.9) - 2.2, 12);
    expect(scored.text).toBe('goals under-achieved');
  });

  it('fades to the base with a half-life of 180 days', () => {
    const facts = withGoal(noGoalFacts, goal({ dueOn: '2026-01-01' }));
    const half = score(goalsOf(measured(20, '2026-01-02', facts)));
    expect(logit(half.probability)).toBeCloseTo(logit(0.9) - 1.1, 12);
  });

  it('counts a goal from its date on, or once it is met', () => {
    const running = withGoal(noGoalFacts, goal({ dueOn: '2026-07-01' }));
    expect(goalsOf(measured(59, '2026-06-01', running)).value).toBeNull();
    expect(score(goalsOf(measured(59, '2026-06-01', running))).text).toBe('goals not recorded as met or missed: 1 still running');
    expect(goalsOf(measured(60, '2026-06-01', running))).toMatchObject({ value: 1, evidenceOn: '2026-06-01' });
    expect(goalsOf(measured(59, '2026-06-01', running), '2026-07-02')).toMatchObject({ value: 0.98, evidenceOn: '2026-07-01' });
  });

  it('takes the newest word of metric and customer; a bare confirmation counts as met', () => {
    const confirmed = withGoal(measured(20), goal({ id: 'c', status: 'confirmed', occurredAt: '2026-07-02T00:00:00.000Z' }));
    expect(goalsOf(confirmed).value).toBe(1);
    const withNumber = withGoal(measured(20), goal({ id: 'c', status: 'confirmed', actual: 85, occurredAt: '2026-07-02T00:00:00.000Z' }));
    expect(goalsOf(withNumber).value).toBe(1.5);
    const older = withGoal(measured(20), goal({ id: 'c', status: 'confirmed', occurredAt: '2026-06-20T00:00:00.000Z' }));
    expect(goalsOf(older).value).toBe(0.2);
  });

  it('weighs goals, leaves dropped ones out and says what is due without evidence', () => {
    const two = withGoal(measured(60), goal({ id: 'h', goalId: 'g2', metric: 'other', weight: 3 }));
    expect(goalsOf(two)).toMatchObject({ value: 1, unmeasured: 1 });
    expect(goalsOf(withMetric(two, 'other', { id: 'o', occurredAt: '2026-07-01T00:00:00.000Z', value: 10 })).value).toBe(0.25);
    const dropped = withGoal(measured(20), goal({ id: 'd', status: 'dropped', occurredAt: '2026-06-01T00:00:00.000Z' }));
    expect(goalsOf(dropped).value).toBeNull();
    expect(score(goalsOf(withGoal(noGoalFacts, goal()))).text).toBe('goals not recorded: 1 due without evidence');
  });

  it('scores a target lowered close to its date against the old one', () => {
    const late = withGoal(measured(35), goal({ id: 'low', target: 35, occurredAt: '2026-05-01T00:00:00.000Z' }));
    expect(goalsOf(late).value).toBe(0.5);
    const early = withGoal(measured(35), goal({ id: 'low', target: 35, occurredAt: '2026-03-01T00:00:00.000Z' }));
    expect(goalsOf(early).value).toBe(1);
    const raised = withGoal(measured(35), goal({ id: 'up', target: 110, occurredAt: '2026-05-01T00:00:00.000Z' }));
    expect(goalsOf(raised).value).toBe(0.25);
  });

  it('takes value milestones as goals, kick-offs not', () => {
    const milestone = (phase: string, status: 'planned' | 'achieved' | 'missed', on: string | null, occurredAt = '2026-06-15T00:00:00.000Z') =>
      ({ id: `${phase}-${status}`, occurredAt, milestoneId: 'm1', name: 'first value', phase, status, due: on === null ? null : { id: 'x', occurredAt, on } });
    expect(goalsOf(withMilestone(noGoalFacts, milestone('onboarding', 'achieved', null))).value).toBeNull();
    expect(goalsOf(withMilestone(noGoalFacts, milestone('value', 'achieved', null)))).toMatchObject({ value: 1, evidenceOn: '2026-06-15' });
    expect(goalsOf(withMilestone(noGoalFacts, milestone('value', 'missed', today, '2026-07-01T08:00:00.000Z'))).value).toBe(0);
    const planned = withMilestone(noGoalFacts, milestone('value', 'planned', '2026-06-30', '2026-03-01T00:00:00.000Z'));
    expect(goalsOf(planned, '2026-06-30').value).toBeNull();
    expect(goalsOf(planned).value).toBe(0);
    expect(goalsOf(withMilestone(planned, milestone('value', 'achieved', null)))).toMatchObject({ value: 1, evidenceOn: '2026-06-15' });
  });

  it('folds the same facts whatever the order and repetition', () => {
    const steps: ((facts: GoalFacts) => GoalFacts)[] = [
      (facts) => withGoal(facts, goal()),
      (facts) => withGoal(facts, goal({ id: 'b', goalId: 'g0', weight: 0.3, target: 17 })),
      (facts) => withGoal(facts, goal({ id: 'c', goalId: 'g3', weight: 0.1, status: 'confirmed', actual: 31 })),
      (facts) => withMetric(facts, 'automated', { id: 'm1', occurredAt: '2026-06-01T00:00:00.000Z', value: 33 }),
      (facts) => withMetric(facts, 'automated', { id: 'm2', occurredAt: '2026-06-01T00:00:00.000Z', value: 34.7 }),
      (facts) => withMilestone(facts, { id: 'p', occurredAt: '2026-05-01T00:00:00.000Z', milestoneId: 'v', name: 'v', phase: 'value', status: 'planned', due: { id: 'p', occurredAt: '2026-05-01T00:00:00.000Z', on: '2026-06-20' } }),
      (facts) => withMilestone(facts, { id: 'q', occurredAt: '2026-06-10T00:00:00.000Z', milestoneId: 'v', name: 'v', phase: 'value', status: 'achieved', due: null }),
    ];
    const fold = (order: readonly ((facts: GoalFacts) => GoalFacts)[]) => goalsOf(order.reduce((facts, step) => step(facts), noGoalFacts));
    const expected = fold(steps);
    fc.assert(
      fc.property(fc.shuffledSubarray(steps, { minLength: steps.length }), fc.shuffledSubarray(steps), (shuffled, again) => {
        expect(fold([...shuffled, ...again])).toEqual(expected);
      }),
    );
  });
});

describe('weights', () => {
  it.each([
    [[['usage_drop', 'severe']], -2.5],
    [['usage_drop', 'gone_dark'], -1.2],
    [['gone_dark'], -1],
    [['sponsor_change', 'champion_left'], -1.2],
    [['champion_left'], -1],
    [[['no_renewal_intent', 'severe'], 'negative_survey'], -4],
    [['negative_survey'], -0.8],
    [['complaint_open'], 0],
    [[['complaint_open', 'severe']], -0.8],
    [['urgent_ticket_open', 'ticket_surge'], -0.8],
    [['ticket_surge'], -0.4],
    [['milestone_missed', 'onboarding_delayed'], -0.7],
    [['payment_overdue'], -0.9],
    [['usage_drop', 'champion_left', 'negative_survey', 'ticket_surge', 'milestone_missed', 'payment_overdue'], -1.2 - 1 - 0.8 - 0.4 - 0.7 - 0.9],
    [['goals_missing', 'csm_concern', 'seat_saturation'], 0],
  ] as [(string | [string, 'severe'])[], number][])('%j weigh %d: the worst of each group', (kinds, expected) => {
    const { drivers, baseLogOdds } = score(noGoals, health(kinds));
    expect(drivers.filter(({ id }) => id !== 'published_limit').reduce((total, { logOdds }) => total + logOdds, 0)).toBeCloseTo(expected, 12);
    expect(baseLogOdds).toBeCloseTo(logit(0.9), 12);
  });

  it.each([
    [1, -2.5],
    [2, -1.5],
    [3, 0],
    [4, 0.3],
    [5, 0.6],
  ])('pulse %d weighs %d', (pulse, expected) => {
    const [driver] = score(noGoals, health([], pulse)).drivers;
    expect(driver?.logOdds ?? 0).toBe(expected);
  });

  it('adds up to the log-odds of the probability within 1e-9, the limit being a driver of its own', () => {
    const kinds = Object.values(shippedPrior.indicatorGroups).flatMap((weights) => weights.map(({ kind, severe }): string | [string, 'severe'] => (severe ? [kind, 'severe'] : kind)));
    fc.assert(
      fc.property(fc.subarray(kinds), fc.option(fc.integer({ min: 1, max: 5 })), fc.option(fc.double({ min: -50, max: 200, noNaN: true })), fc.integer({ min: 1, max: 1000 }), (raised, pulse, value, termDays) => {
        const scored = score(value === null ? noGoals : goalsOf(measured(value)), health(raised, pulse), termDays);
        const total = scored.drivers.reduce((sum, { logOdds }) => sum + logOdds, scored.baseLogOdds);
        expect(Math.abs(total - logit(scored.probability))).toBeLessThan(1e-9);
        expect(scored.probability).toBeGreaterThanOrEqual(0.05 - 1e-12);
        expect(scored.probability).toBeLessThanOrEqual(0.98 + 1e-12);
      }),
    );
  });

  it('never rises when an indicator is raised', () => {
    const kinds = ['usage_drop', 'gone_dark', 'sponsor_change', 'champion_left', 'negative_survey', 'ticket_surge', 'payment_overdue'];
    fc.assert(
      fc.property(fc.subarray(kinds), fc.constantFrom(...kinds), (raised, more) => {
        expect(score(noGoals, health([...raised, more])).probability).toBeLessThanOrEqual(score(noGoals, health(raised)).probability);
      }),
    );
  });
});
