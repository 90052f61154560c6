import { Scenario, monday } from '../../test/scenario.js';
import { encodeContact, encodeState } from './state-codec.js';
import { isoDay } from './time/day.js';

const iso = (day: number): string => isoDay(monday + day);
const uuid = (n: number): string => `0191f000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
/** At most this, bytes; 1,024 were asked for. */
const bound = 850;
/** What the look at the heaviest users may add where nobody has the role of a power user, bytes. */
const heaviestBound = 20;
/** What a key feature may add, bytes. */
const featureBound = 100;

/** Two years of an account that everything is known of: 120 contacts, use on every weekday, two open tickets. */
function rich(keyFeatures: readonly string[], fifthRole: 'power_user' | 'user' = 'power_user'): Scenario {
  const it = new Scenario('rich', keyFeatures).account({}, -730);
  let n = 0;
  const say = (...[day, kind, data, extra]: Parameters<Scenario['signal']>): void => void it.signal(day, kind, data, { ...extra, id: uuid((n += 1)) });
  say(-730, 'contract', { contractId: 'C-1', status: 'created', startsOn: iso(-730), endsOn: iso(-365), arrMinor: 12_000_000, currency: 'EUR' });
  say(-365, 'contract', { contractId: 'C-1', status: 'renewed', startsOn: iso(-365), endsOn: iso(0), arrMinor: 12_000_000, currency: 'EUR' });
  for (let month = -24; month < 0; month += 1) say(month * 30, 'license', { seatsBought: 150, seatsAssigned: 110 + month });
  for (const role of ['executive_sponsor', 'budget_holder', 'champion', fifthRole, 'influencer'] as const) say(-700, 'person', { change: 'created', roles: [role] }, { personId: role });
  for (let day = -430; day < 0; day += 1) {
    if ((day + 700) % 7 > 4) continue;
    for (let i = 0; i < 6; i += 1) {
      const personId = `u${(day * 7 + i * 31 + 70_000) % 120}`;
      say(day + 0.3, 'usage', { event: 'e', quantity: 40 + ((day * 13 + i) % 23), ...(keyFeatures.length > 0 ? { feature: keyFeatures[i % keyFeatures.length] ?? '' } : {}) }, { personId });
    }
    if (day % 9 === 0) say(day, 'engagement', { type: 'meeting', outcome: 'held', attendees: [{ personId: 'champion' }, { personId: 'executive_sponsor' }] });
  }
  for (let i = 0; i < 2; i += 1) say(-5 - i, 'ticket', { ticketId: `T-${i}`, status: 'opened', priority: 'normal' });
  say(-90, 'goal', { goalId: 'G-1', name: 'Faster onboarding', metric: 'onboarding_days', baseline: 20, target: 10, dueOn: iso(60), status: 'set' });
  say(-9, 'metric', { metric: 'onboarding_days', value: 14 });
  say(-40, 'milestone', { milestoneId: 'M-1', name: 'Go live', phase: 'onboarding', status: 'achieved', dueOn: iso(-30) });
  say(-8, 'pulse', { pulse: 4, reason: 'r' });
  say(-20, 'survey', { type: 'nps', score: 9 }, { personId: 'champion' });
  say(-31, 'invoice', { invoiceId: 'I-1', status: 'paid', amountMinor: 1, currency: 'EUR', dueOn: iso(-20) });
  for (let day = -28; day <= 0; day += 1) it.look(day);
  return it;
}

it('the row of an account that everything is known of stays below its bound, whoever its power users are', () => {
  const plain = rich([]);
  const byUse = rich([], 'user').state;
  expect(byUse.memory.heaviest?.now).toMatchObject({ users: expect.any(Number), reference: expect.any(Number) });
  const bytes = encodeState(plain.state).length;
  const withHeaviest = encodeState(byUse).length;
  const withFeatures = encodeState(rich(['reports', 'export', 'alerts']).state).length;
  const contacts = [...plain.state.contacts.values()].map((contact) => encodeContact(contact).length);
  const mean = contacts.reduce((a, b) => a + b, 0) / contacts.length;
  process.stderr.write(`account row ${bytes} bytes; judged by its heaviest users ${withHeaviest}; with three key features ${withFeatures}; ${contacts.length} contact rows of ${Math.round(mean)} bytes on average\n`);
  expect(bytes).toBeLessThanOrEqual(bound);
  expect(withHeaviest).toBeLessThanOrEqual(bound);
  expect(withHeaviest - bytes).toBeLessThanOrEqual(heaviestBound);
  expect(withFeatures - bytes).toBeLessThanOrEqual(3 * featureBound);
});
