import type { SignalData } from '@perennial/contracts/signal';
import { Scenario, aliveAt, csmLedScorecard, kindsOf, measureOf } from '../../../test/scenario.js';
import { judgeDay } from '../days/judge-day.js';
import { weeklyLights } from '../explain/weekly-light.js';
import type { Verdict } from '../look.js';
import { isoInstant, parseDay, parseInstant } from './day.js';

/** Days of a scenario until an instant or the start of a day. */
const on = (iso: string): number => (parseInstant(iso) - parseInstant('2026-01-05')) / 86_400_000;
const anAccount = (): Scenario => {
  const it = new Scenario().account({}, on('2027-02-28'));
  it.signal(on('2027-02-28'), 'contract', { contractId: 'c', status: 'created', startsOn: '2027-02-28', endsOn: null, arrMinor: 1, currency: 'EUR' });
  it.person(on('2027-02-28'), 's', { change: 'created', roles: ['executive_sponsor'] });
  return it;
};
const say = (...signal: Parameters<Scenario['signal']>) => (it: Scenario): void => void it.signal(...signal);
const raises = (kind: string) => (verdict: Verdict): boolean => kindsOf(verdict).includes(kind);
const capped = (id: string) => (verdict: Verdict): boolean => (verdict.health.caps ?? []).some((cap) => cap.id === id);
const value = (id: string) => (verdict: Verdict): number | null => measureOf(verdict, id).value;
const meeting: SignalData['engagement'] = { type: 'meeting', outcome: 'held', attendees: [{ personId: 's' }] };

describe('the 29th of February is a day like any other', () => {
  it.each<[string, (it: Scenario) => void, (verdict: Verdict) => unknown, Readonly<Record<string, unknown>>]>([
    ['a touch counts on 30 days', say(on('2028-01-31T12:00:00Z'), 'engagement', meeting), value('touches'), { '2028-02-28': 0.5, '2028-02-29T23:59:59Z': 0.5, '2028-03-01': 0 }],
    ['one of that day on it and 29 more', say(on('2028-02-29T12:00:00Z'), 'engagement', meeting), value('touches'), { '2028-03-29T23:59:59Z': 0.5, '2028-03-30': 0 }],
    ['use of 28 days', (it) => it.use(on('2027-11-01'), on('2028-03-10'), 5), (verdict) => [value('usage_level')(verdict), measureOf(verdict, 'usage_level').points], { '2028-02-29': [1, 80], '2028-03-01': [1, 80], '2028-03-08': [1, 80] }],
    ['days since the last meeting with the sponsor', say(on('2028-02-01'), 'engagement', meeting), value('executive_touch'), { '2028-02-28': 27, '2028-02-29': 28, '2028-03-01': 29 }],
    ['a pulse ages by 45 days', say(on('2028-01-16T06:00:00Z'), 'pulse', { pulse: 4, reason: 'r' }), (verdict) => [measureOf(verdict, 'csm_sentiment').state, measureOf(verdict, 'csm_sentiment').points], { '2028-02-15T06:00:00Z': ['ok', 85], '2028-02-29T06:00:00Z': ['ok', 52.33], '2028-03-01T06:00:00Z': ['stale', 50] }],
    ['an answer counts for 180 days', say(on('2027-09-02T12:00:00Z'), 'survey', { type: 'renewal_intent', score: 2 }, { personId: 's' }), capped('decision_maker_intent'), { '2028-02-29T11:59:59Z': true, '2028-02-29T12:00:00Z': false }],
    ['a goal that is due on it', say(on('2027-09-01'), 'goal', { goalId: 'g', name: 'G', metric: 'm', baseline: 0, target: 10, dueOn: '2028-02-29', status: 'confirmed', actual: 5 }), capped('goal_missed'), { '2028-02-29T23:59:59Z': false, '2028-03-01': true, '2029-02-28': true, '2029-03-01': false }],
    ['a milestone that is due on it', say(on('2028-01-01'), 'milestone', { milestoneId: 'm', name: 'M', phase: 'value', status: 'planned', dueOn: '2028-02-29' }), raises('milestone_missed'), { '2028-02-29T23:59:59Z': false, '2028-03-01': true }],
    ['an invoice 30 days late', say(on('2028-01-01'), 'invoice', { invoiceId: 'i', status: 'due', amountMinor: 1, currency: 'EUR', dueOn: '2028-01-30' }), raises('payment_overdue'), { '2028-02-28T23:59:59Z': false, '2028-02-29': true }],
    ['ten business days of a complaint', say(on('2028-02-15T09:00:00Z'), 'ticket', { ticketId: 't', status: 'opened', priority: 'normal', complaint: true }), capped('complaint_overdue'), { '2028-02-29T23:59:59Z': false, '2028-03-01': true }],
    ['an urgent ticket of seven days', say(on('2028-02-22T18:00:00Z'), 'ticket', { ticketId: 't', status: 'opened', priority: 'urgent' }), capped('urgent_ticket'), { '2028-02-29T17:59:59Z': false, '2028-02-29T18:00:00Z': true }],
  ])('%s', (_, tell, read, expected) => {
    const it = anAccount();
    tell(it);
    expect(Object.fromEntries(Object.keys(expected).map((at) => [at, read(it.look(on(at)))]))).toEqual(expected);
  });

  it('it is looked at, has its row of history, its score in the trend, and is the end of no week', () => {
    const it = anAccount();
    it.signal(on('2028-02-20'), 'pulse', { pulse: 2, reason: 'r' });
    const looks: Verdict[] = [];
    for (let at = on('2028-02-26T12:00:00Z'); at < on('2028-03-07'); at = (looks.at(-1)!.nextLookAt - it.at(0)) / 86_400_000) {
      if (at === on('2028-03-01')) it.signal(on('2028-02-29T15:00:00Z'), 'pulse', { pulse: 5, reason: 'r' });
      looks.push(it.look(at));
    }
    expect(looks.map(({ history }) => history.day)).toEqual(['2028-02-26', '2028-02-27', '2028-02-28', '2028-02-29', '2028-03-01', '2028-03-02', '2028-03-03', '2028-03-04', '2028-03-05', '2028-03-06']);
    expect(looks.slice(2, 4).map(({ nextLookAt }) => isoInstant(nextLookAt))).toEqual(['2028-02-29T00:00:00.000Z', '2028-03-01T00:00:00.000Z']);
    expect([it.state.memory.dailyScores.newest, it.state.memory.dailyScores.scores.length]).toEqual([parseDay('2028-03-06'), 10]);
    const ends = ['2028-02-28', '2028-03-06'].map((week) => {
      const { facts } = looks.findLast(({ history }) => history.day < week)!;
      return { monday: parseDay(week), judged: judgeDay(facts, csmLedScorecard), bands: csmLedScorecard.bands };
    });
    expect(weeklyLights(ends, ['csm_sentiment']).map(({ week, light }) => [week, light])).toEqual([['2028-02-28', 'red'], ['2028-03-06', 'green']]);
  });

  it('a kind of signal that fell silent before it ages by 28 days', () => {
    const it = anAccount();
    it.signal(on('2028-01-20'), 'ticket', { ticketId: 't', status: 'opened', priority: 'normal' });
    it.sources = (asOf) => ({ ...aliveAt(asOf), ticket: { lastSeenAt: it.at(on('2028-01-31')), staleAt: it.at(on('2028-02-02')) } });
    expect(['2028-02-01', '2028-02-20', '2028-02-29', '2028-03-01'].map((day) => [measureOf(it.look(on(day)), 'ticket_load').state, measureOf(it.look(on(day)), 'ticket_load').points])).toEqual([['ok', 81], ['stale', 81], ['stale', 53.32], ['stale', 50]]);
  });
});
