import vm from 'node:vm';
import { monday, Scenario, shippedDocument } from '../../../test/scenario.js';
import { allMeasures } from '../measures/all-measures.js';
import { look } from '../look.js';
import { isoDay, startOf } from '../time/day.js';
import { scorecardFaults } from './check-scorecard.js';
import { compileScorecard } from './compile-scorecard.js';
import type { Scorecard } from './scorecard.js';

const iso = (day: number): string => isoDay(monday + day);

/** Something of everything that measures and indicators look at, most of it bad. */
function troubled(): Scenario {
  const it = new Scenario('acme', ['export']).account({ tier: 'mid' }, -500);
  it.signal(-500, 'contract', { contractId: 'c', status: 'created', startsOn: iso(-500), endsOn: iso(230), arrMinor: 1_000_000, currency: 'EUR' });
  it.use(-300, -61, 100, ['s', 'c', 'p', 'u', 'v']).use(-60, -1, 11, ['s']);
  it.signal(-80, 'usage', { event: 'e', feature: 'export' }, { personId: 'p', product: 'other' });
  it.signal(-500, 'license', { seatsBought: 100, seatsAssigned: 85 });
  it.signal(-30, 'license', { seatsBought: 96, seatsAssigned: 95 });
  for (const [personId, role] of [['s', 'executive_sponsor'], ['c', 'champion'], ['p', 'power_user'], ['b', 'budget_holder']] as const) it.person(-400, personId, { change: 'created', roles: [role] });
  it.person(-20, 'c', { change: 'departed' });
  it.person(-20, 's', { change: 'bounced' });
  for (let week = 0; week < 30; week += 1) {
    for (let i = 0; i < (week > 24 ? week - 20 : 2); i += 1) it.signal(week * 7 - 212 + i / 10, 'ticket', { ticketId: `${week}-${i}`, status: 'opened', priority: i === 1 ? 'urgent' : 'normal', complaint: i === 0 });
  }
  it.signal(-60, 'survey', { type: 'nps', score: 2 }, { personId: 'c' });
  it.signal(-50, 'survey', { type: 'csat', score: 1 }, { personId: 'u' });
  it.signal(-40, 'survey', { type: 'renewal_intent', score: 2 }, { personId: 's' });
  it.signal(-10, 'pulse', { pulse: 2, reason: 'r' });
  it.signal(-400, 'goal', { goalId: 'g', name: 'G', metric: 'hours', baseline: 0, target: 10, dueOn: iso(100), status: 'set' });
  it.signal(-400, 'goal', { goalId: 'h', name: 'H', metric: 'hours', baseline: 0, target: 10, dueOn: iso(-20), status: 'set' });
  it.signal(-40, 'metric', { metric: 'hours', value: 2 });
  it.signal(-200, 'milestone', { milestoneId: 'm', name: 'M', phase: 'onboarding', status: 'planned', dueOn: iso(-60) });
  it.signal(-90, 'invoice', { invoiceId: 'i', status: 'due', amountMinor: 1, currency: 'EUR', dueOn: iso(-50) });
  it.signal(-20, 'opportunity', { opportunityId: 'o', type: 'upsell', stage: 'open', amountMinor: 1, currency: 'EUR', closeOn: iso(5) });
  it.meeting(-3, 's', 'c', 'p', 'b');
  return it;
}

/** Silent for weeks: a look counts business days, quiet weeks and gaps. */
function silent(): Scenario {
  const it = new Scenario('quiet', ['export']).account({ tier: 'high' }, -400);
  it.use(-300, -60, 20, ['a', 'b']);
  return it;
}

/** Nobody has a role, and half of the heaviest of many users stayed away lately. */
function hollow(): Scenario {
  const it = new Scenario('hollow').account({ tier: 'mid' }, -400);
  const people = Array.from({ length: 60 }, (_, i) => `u${i}`);
  it.use(-300, -61, 100, people.slice(0, 6)).use(-60, -1, 100, people.slice(0, 3));
  for (let day = -300; day < 0; day += 10) it.use(day, day, 60, day < -60 ? people : people.slice(6));
  return it;
}

type Path = readonly (string | number)[];
function numbersIn(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'number') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => numbersIn(part, [...path, Array.isArray(value) ? Number(name) : name]));
}
function withNumber(document: Scorecard, path: Path, value: number): Scorecard {
  const copy = structuredClone(document);
  path.slice(0, -1).reduce<Record<string | number, unknown>>((at, step) => at[step] as Record<string | number, unknown>, copy as never)[path.at(-1)!] = value;
  return copy;
}
/** A loop over a setting would never end, and no test of its own would time out. */
const within = (ms: number, run: () => void): void => void new vm.Script('run()').runInContext(vm.createContext({ run }), { timeout: ms });

const numbers = [-1e300, -100_000, -1, 0, 1, 260, 100_000, 1e300];
/** With every measure that there is. */
const card = shippedDocument('csm-led');
const document: Scorecard = { ...card, measures: [...card.measures, ...['digital', 'onboarding'].flatMap((id) => shippedDocument(id).measures).filter((other, i, all) => all.findIndex(({ id }) => id === other.id) === i && card.measures.every(({ id }) => id !== other.id))] };

describe('whatever number stands anywhere in a scorecard', () => {
  it('it is refused, or accounts can be judged by it', () => {
    const accounts = [troubled(), silent(), hollow()];
    expect(hollow().watch(-20, 0).health.indicators.map(({ kind }) => kind)).toContain('power_user_decline');
    const broken: string[] = [];
    const paths = numbersIn(document);
    for (const path of paths) {
      for (const value of numbers) {
        const changed = withNumber(document, path, value);
        if (scorecardFaults(changed).length > 0) continue;
        try {
          if (Math.abs(value) > 100_000) throw new Error('nothing is counted by that');
          const scorecard = compileScorecard(changed, 1);
          within(2_000, () => accounts.forEach((account) => check(account, scorecard)));
        } catch (error) {
          broken.push(`${path.join('/')} = ${value}: ${String(error)}`);
        }
      }
    }
    expect(broken).toEqual([]);
    expect(paths.length).toBeGreaterThan(200);
    expect(document.measures.map(({ id }) => id).sort()).toEqual(allMeasures.map(({ id }) => id).sort());
  }, 60_000);
});

/** What is raised by the shipped scorecard with other numbers; null where these are refused. */
function raisedWith(kind: string, settings: object, watch: (context: { readonly scorecard: ReturnType<typeof compileScorecard> }) => readonly { readonly kind: string }[]): boolean | null {
  const changed = { ...card, indicators: card.indicators.map((one) => (one.kind === kind ? { ...one, settings: { ...one.settings, ...settings } } : one)) };
  return scorecardFaults(changed).length > 0 ? null : watch({ scorecard: compileScorecard(changed, 1) }).some((raised) => raised.kind === kind);
}

describe('a setting that is taken does what it says', () => {
  const accounts = [troubled(), silent()];
  /** As of an account that was never looked at: what is raised would stay. */
  const indicatorsOf = ({ state, keyFeatures, ...account }: Scenario, scorecard: ReturnType<typeof compileScorecard>) => {
    const asOf = startOf(monday) + 43_200_000;
    return look(structuredClone(state), { asOf, cause: 'time', scorecard, everyone: [...state.contacts.values()], sources: account.sources(asOf), keyFeatures })!.health.indicators;
  };
  it.each<[string, string, 'higher' | 'lower']>([
    ['csm_concern', 'atMost', 'higher'], ['csm_concern', 'validityDays', 'higher'], ['negative_survey', 'nps', 'higher'], ['negative_survey', 'validityDays', 'higher'],
    ['no_renewal_intent', 'atMost', 'higher'], ['no_renewal_intent', 'validityDays', 'higher'], ['milestone_missed', 'windowDays', 'higher'], ['onboarding_delayed', 'factor', 'lower'],
    ['ticket_surge', 'z', 'lower'], ['payment_overdue', 'days', 'lower'], ['champion_left', 'evidenceDays', 'higher'],
    ['sponsor_change', 'threshold', 'lower'], ['cadence_missed', 'gaps', 'lower'],
  ])('%s raises as much or more with a %s that is %s', (kind, setting, looser) => {
    const values = [0, 0.3, 0.5, 0.8, 1, 2, 3, 5, 8, 20, 45, 90, 128, 365, 1000].toSorted((a, b) => (looser === 'higher' ? a - b : b - a));
    const found = values.flatMap((value) => raisedWith(kind, { [setting]: value }, ({ scorecard }) => accounts.flatMap((account) => indicatorsOf(account, scorecard))) ?? []);
    expect(found).toEqual(found.toSorted((a, b) => Number(a) - Number(b)));
    expect(new Set(found).size).toBe(2);
  });

  const scores = Array.from({ length: 21 }, (_, i) => i / 2);
  const asked = (...answers: readonly number[]) => (context: Parameters<Scenario['look']>[1]) => {
    const it = new Scenario().account({}, -100);
    return answers.map((score, day) => {
      it.signal(day, 'survey', { type: 'renewal_intent', score }, { personId: 'nobody special' });
      return it.look(day + 0.5, context);
    }).at(-1)!.health.indicators;
  };

  it.each(scores)('an answer of at most %d on renewal, of whomever', (atMost) => {
    const raised = scores.map((score) => raisedWith('no_renewal_intent', { atMost }, asked(score)));
    expect(raised).toEqual(scores.map((score) => (atMost < 6 ? score <= atMost : null)));
  });
  it.each(scores.filter((cleared) => cleared > 3))('the way out of it at %d', (cleared) => {
    const raised = scores.map((score) => raisedWith('no_renewal_intent', { cleared }, asked(2, score)));
    expect(raised).toEqual(scores.map((score) => (cleared <= 6 ? score < Math.max(cleared, 3.5) : null)));
  });
  it('every number of weeks of tickets', () => {
    const found = Array.from({ length: 21 }, (_, weeks) => {
      const it = new Scenario().account({}, -300);
      for (let week = -40; week < 0; week += 1) {
        for (let i = 0; i < (week < -1 - weeks / 2 ? 2 : 20); i += 1) {
          const ticket = { ticketId: `${week} ${i}`, priority: 'normal' } as const;
          it.signal(week * 7 + i / 100, 'ticket', { ...ticket, status: 'opened' });
          it.signal(week * 7 + i / 100 + 0.5, 'ticket', { ...ticket, status: 'solved' });
        }
      }
      return raisedWith('ticket_surge', { weeks }, (context) => it.look(0, context).health.indicators);
    });
    expect(found).toEqual(found.map((_, weeks) => (weeks >= 3 && weeks <= 20 ? true : null)));
  });
});

function check(account: Scenario, scorecard: ReturnType<typeof compileScorecard>): void {
  const { health, nextLookAt } = account.look(0.5, { scorecard });
  const { healthScore } = health;
  if (healthScore !== null && !(healthScore >= 0 && healthScore <= 100)) throw new Error(`a score of ${healthScore}`);
  if (!(nextLookAt > account.at(0.5))) throw new Error(`looks again at ${nextLookAt}`);
  for (const path of numbersIn(health)) {
    const value = path.reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], health);
    if (!Number.isFinite(value)) throw new Error(`${path.join('/')} is ${String(value)}`);
  }
}
