import { Scenario, monday } from '../../../test/scenario.js';
import { decodeState, encodeState } from '../state-codec.js';
import { isoDay } from '../time/day.js';
import { groupOf } from './strikes.js';

const happened = { cause: 'signal' } as const;
const published = { cause: 'revision' } as const;

function account(): Scenario {
  const it = new Scenario().account({}, -100);
  it.signal(-100, 'contract', { contractId: 'c', status: 'created', startsOn: isoDay(monday - 100), endsOn: null, arrMinor: 1, currency: 'EUR' });
  it.look(0);
  return it;
}
const support = (it: Scenario, day: number): void => void it.signal(day, 'ticket', { ticketId: 'support', status: 'opened', priority: 'urgent' });
const voice = (it: Scenario, day: number): void => void it.signal(day, 'pulse', { pulse: 2, reason: 'r' });
const delivery = (it: Scenario, day: number): void => void it.signal(day, 'milestone', { milestoneId: 'm', name: 'Rollout', phase: 'adoption', status: 'missed' });
const commercial = (it: Scenario, day: number): void => void it.signal(day, 'invoice', { invoiceId: 'i', status: 'overdue', amountMinor: 1, currency: 'EUR', dueOn: isoDay(monday - 40) });

describe('a third strike beside what a publication raised', () => {
  it('calls for a review when it happens to the account', () => {
    const it = account();
    support(it, 0.1);
    voice(it, 0.1);
    expect(it.look(0.2, published).health.strikes).toMatchObject({ count: 2, savePlanReview: false });
    delivery(it, 0.3);
    expect(it.look(0.4, happened).health.strikes).toMatchObject({ count: 3, savePlanReview: true });
    expect(it.look(0.5).health.strikes.savePlanReview).toBe(true);
    const read = decodeState('acme', encodeState(it.state));
    expect(read.indicators.filter(({ kind }) => groupOf({ kind }) !== 'hygiene').map(({ kind, byRevision, calls }) => [kind, byRevision, calls])).toEqual([['urgent_ticket_open', true, false], ['csm_concern', true, false], ['milestone_missed', false, true]]);
  });
  it('calls for none when the publication brings it, whatever happened before', () => {
    const it = account();
    support(it, 0.1);
    expect(it.look(0.2, published).health.strikes.count).toBe(1);
    voice(it, 0.3);
    expect(it.look(0.4, happened).health.strikes.count).toBe(2);
    delivery(it, 0.5);
    expect(it.look(0.6, published).health.strikes).toMatchObject({ count: 3, savePlanReview: false });
    // Nor does another finding in a group that strikes already.
    it.signal(0.7, 'ticket', { ticketId: 'complaint', status: 'opened', priority: 'low', complaint: true });
    expect(it.look(0.8, happened).health.strikes).toMatchObject({ count: 3, savePlanReview: false });
    commercial(it, 0.9);
    expect(it.look(1, happened).health.strikes).toMatchObject({ count: 4, savePlanReview: true });
  });
  it('stays shut once decided, until something new happens', () => {
    const it = account();
    support(it, 0.1);
    voice(it, 0.1);
    it.look(0.2, published);
    delivery(it, 0.3);
    it.look(0.4, happened);
    it.state.reviews = [{ id: 'r', state: 'decided', groups: ['support', 'voice', 'delivery'] }];
    commercial(it, 0.5);
    expect(it.look(0.6, published).health.strikes).toMatchObject({ count: 4, savePlanReview: false });
  });
});
