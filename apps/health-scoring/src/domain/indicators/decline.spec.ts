import { Scenario, kindsOf, measureOf, monday } from '../../../test/scenario.js';
import { applySignal, resetFacts } from '../account-health.js';
import { isoDay } from '../time/day.js';

const iso = (day: number): string => isoDay(monday + day);
const people = Array.from({ length: 10 }, (_, i) => `u${i}`);
const started = (keyFeatures: readonly string[] = []): Scenario => {
  const it = new Scenario('acme', keyFeatures).account({}, -400);
  it.signal(-400, 'contract', { contractId: 'c', status: 'created', startsOn: iso(-400), endsOn: iso(300), arrMinor: 1, currency: 'EUR' });
  return it;
};
/** Each of `who` uses the feature once a week. */
const useFeature = (it: Scenario, from: number, to: number, feature: string, who: readonly string[]): void => {
  for (let day = from; day <= to; day += 7) for (const personId of who) it.signal(day + 0.3, 'usage', { event: 'used', feature }, { personId });
};
const watched = (it: Scenario, from: number, to: number, kind: string): { raisedOn: number | null; clearedOn: number | null } => {
  let raisedOn: number | null = null;
  let clearedOn: number | null = null;
  for (let day = from; day <= to; day += 1) {
    const holds = kindsOf(it.look(day)).includes(kind);
    if (holds) raisedOn ??= day;
    else if (raisedOn !== null) clearedOn ??= day;
  }
  return { raisedOn, clearedOn };
};

describe('key_feature_drop (H22)', () => {
  const fallen = (after: readonly string[], until = 60): Scenario => {
    const it = started(['reports', 'export']).use(-180, until, 20, ['crowd']);
    useFeature(it, -180, -1, 'reports', people);
    useFeature(it, -180, until, 'export', people);
    useFeature(it, 0, until, 'reports', after);
    return it;
  };
  it('falls by half for two weekly looks while use as a whole is level', () => {
    const it = fallen(people.slice(0, 4));
    const { raisedOn } = watched(it, 0, 60, 'key_feature_drop');
    expect(raisedOn).toBeGreaterThan(28);
    expect(raisedOn).toBeLessThanOrEqual(42);
    const verdict = it.look(60);
    const [found] = verdict.health.indicators.filter(({ kind }) => kind === 'key_feature_drop');
    expect(found).toMatchObject({ group: 'use', severe: false, text: '4 contacts used the key feature reports in four weeks, usually 10' });
    expect(it.signals.find(({ id }) => id === found?.evidence[0])?.data).toMatchObject({ feature: 'reports' });
    expect(kindsOf(verdict)).not.toContain('usage_drop');
    expect(measureOf(verdict, 'usage_level').value).toBeCloseTo(1, 1);
  });
  it('is not raised by less, and never below five users', () => {
    expect(watched(fallen(people.slice(0, 6)), 0, 60, 'key_feature_drop').raisedOn).toBeNull();
    const few = started(['reports']).use(-180, 60, 20, ['crowd']);
    useFeature(few, -180, -1, 'reports', people.slice(0, 4));
    expect(watched(few, 0, 60, 'key_feature_drop').raisedOn).toBeNull();
  });
  it('clears at three quarters of the reference of its beginning', () => {
    const it = fallen(people.slice(0, 3), 200);
    useFeature(it, 91, 130, 'reports', people.slice(0, 7));
    useFeature(it, 131, 200, 'reports', people.slice(0, 8));
    const { clearedOn } = watched(it, 0, 200, 'key_feature_drop');
    expect(clearedOn).toBeGreaterThan(131);
    expect(clearedOn).toBeLessThanOrEqual(145);
  });
  it('rests on the feature that it names, also when another one falls further', () => {
    const it = started(['reports', 'export']).use(-180, 130, 20, ['crowd']);
    useFeature(it, -180, -1, 'reports', people);
    useFeature(it, -180, 59, 'export', people);
    useFeature(it, 0, 130, 'reports', people.slice(0, 4));
    useFeature(it, 60, 130, 'export', people.slice(0, 1));
    const named = (day: number) => {
      const [found] = it.look(day).health.indicators.filter(({ kind }) => kind === 'key_feature_drop');
      return [found?.text.includes('reports') === true ? 'reports' : 'export', it.signals.find(({ id }) => id === found?.evidence[0])?.data];
    };
    watched(it, 0, 59, 'key_feature_drop');
    expect(named(60)).toEqual(['reports', expect.objectContaining({ feature: 'reports' })]);
    watched(it, 61, 119, 'key_feature_drop');
    expect(named(120)).toEqual(['export', expect.objectContaining({ feature: 'export' })]);
  });
  it('counts nothing of features that are not called key', () => {
    const it = started().use(-10, -1, 2);
    useFeature(it, -10, -1, 'reports', people);
    expect(it.state.facts.features.size).toBe(0);
    expect(measureOf(it.look(0), 'key_features')).toMatchObject({ state: 'not_applicable', text: 'No key features are defined' });
  });
  it('key_features says nothing of an account that had no whole window yet', () => {
    const it = new Scenario('young', ['reports']).account({}, 0);
    expect(measureOf(it.look(27), 'key_features')).toMatchObject({ state: 'not_applicable', text: 'Not rated before day 28' });
    expect(measureOf(it.look(28), 'key_features').value).toBe(0);
  });
  it('key_features leaves a feature out until it was counted for a whole window', () => {
    const it = started(['reports', 'export']);
    useFeature(it, -60, 60, 'export', people.slice(0, 1));
    const featureCounts = (since: Record<string, number>) => ({ featureCounts: { countedSince: (name: string) => (since[name] === undefined ? null : monday + since[name]) } });
    const measure = (day: number, since: Record<string, number>) => measureOf(it.look(day, featureCounts(since)), 'key_features');
    expect(measure(0, { reports: 0 })).toMatchObject({ value: 1, text: '1 of 1 key feature used in 28 days' });
    expect([measure(27, { reports: 0 }).value, measure(28, { reports: 0 }).value]).toEqual([1, 0.5]);
    expect(measure(27, { reports: 0, export: 0 })).toMatchObject({ state: 'not_applicable', text: 'Not rated before 28 days after they were called key' });
  });
  it('key_features is the share of them used in 28 days', () => {
    const it = started(['reports', 'export', 'alerts', 'forms']);
    useFeature(it, -60, -1, 'reports', people.slice(0, 1));
    // 28 days with today: the last on which it counts is 27 days ago.
    useFeature(it, -63, -28, 'export', people.slice(0, 1));
    expect(measureOf(it.look(0), 'key_features')).toMatchObject({ value: 0.25, points: 30, text: '1 of 4 key features used in 28 days; without export, alerts, forms' });
    useFeature(it, -27, -27, 'export', people.slice(0, 1));
    expect(measureOf(it.look(0), 'key_features').value).toBe(0.5);
    expect(measureOf(it.look(23), 'key_features').value).toBe(0.25);
    expect(measureOf(it.look(24), 'key_features').value).toBe(0);
  });
});

describe('power_user_decline (H10)', () => {
  const power = people.slice(0, 5);
  const account = (): Scenario => {
    const it = started();
    for (const personId of power) it.person(-390, personId, { change: 'created', roles: ['power_user'] });
    return it.use(-180, -1, 10, power).use(-180, -1, 5, ['crowd']);
  };
  it('is raised though growth elsewhere hides it', () => {
    const it = account().use(0, 90, 6, power.slice(0, 3)).use(0, 90, 30, ['crowd', 'more', 'and more']);
    expect(measureOf(it.look(60), 'usage_level').value).toBeGreaterThan(1);
    const { raisedOn } = watched(it, 0, 60, 'power_user_decline');
    expect(raisedOn).toBeGreaterThan(28);
    expect(raisedOn).toBeLessThanOrEqual(42);
  });
  it('is not raised while four of five stay, and clears when they are back', () => {
    expect(watched(account().use(0, 90, 8, power.slice(0, 4)), 0, 60, 'power_user_decline').raisedOn).toBeNull();
    const back = account().use(0, 60, 6, power.slice(0, 2)).use(61, 120, 6, power.slice(0, 4));
    const { clearedOn } = watched(back, 0, 120, 'power_user_decline');
    expect(clearedOn).toBeGreaterThan(61);
    expect(clearedOn).toBeLessThanOrEqual(75);
  });
  it('is held against the users it had when it began, whoever has the role by now, until the facts are told again', () => {
    const it = account().use(0, 120, 6, power.slice(0, 2));
    watched(it, 0, 60, 'power_user_decline');
    for (const personId of power.slice(2)) it.person(61, personId, { change: 'updated', roles: ['user'] });
    const found = (day: number) => it.look(day).health.indicators.find(({ kind }) => kind === 'power_user_decline')?.text;
    expect([found(61.5), found(119)]).toEqual(Array.from({ length: 2 }, () => '2 power users by role active in four weeks, usually 5'));
    resetFacts(it.state);
    it.state.restating = false;
    for (const signal of it.signals) applySignal(it.state, signal);
    expect(found(119.5)).toBeUndefined();
  });
  it('the same weeks of last year are the reference where they are known', () => {
    const it = started();
    for (const personId of power) it.person(-390, personId, { change: 'created', roles: ['power_user'] });
    // Two of five work through each summer: weeks -52 to -45 and now.
    it.use(-440, -365, 10, power).use(-364, -300, 4, power.slice(0, 2)).use(-299, -1, 10, power).use(0, 50, 4, power.slice(0, 2));
    expect(watched(it, 0, 50, 'power_user_decline').raisedOn).toBeNull();
  });
});
