import { signalOf } from '../../../test/scenario.js';
import { customerDayOf, sameDay } from './customer-day.js';

const at = Date.parse('2026-03-05T23:30:00Z');
const told = (...[kind, data, extra]: [kind: 'engagement' | 'survey' | 'usage', data: object, extra?: object]) => customerDayOf(signalOf('acme', kind, data as never, at, extra));

describe('days that a backtest knows of', () => {
  it.each([
    ['a held meeting', { type: 'meeting', outcome: 'held' }, true],
    ['a business review', { type: 'qbr', outcome: 'held' }, true],
    ['a call', { type: 'call' }, true],
    ['an outbound mail', { type: 'mail', direction: 'outbound' }, true],
    ['a meeting that was only planned', { type: 'meeting' }, false],
    ['a call that nobody took', { type: 'call', outcome: 'no_show' }, false],
    ['an inbound mail', { type: 'mail', direction: 'inbound' }, false],
    ['an introduction asked for', { type: 'introduction_asked' }, false],
  ])('%s with a contact', (_, data, counts) => {
    expect(told('engagement', data, { personId: 'sam' })?.hasOutreach ?? false).toBe(counts);
    expect(told('engagement', { ...data, attendees: [{ personId: 'sam' }] })?.hasOutreach ?? false).toBe(counts);
    expect(told('engagement', data)).toBeNull();
  });

  it('keep the last NPS answer, whichever comes first', () => {
    const [early, late] = [told('survey', { type: 'nps', score: 3 }, { id: 's1' })!, told('survey', { type: 'nps', score: 9 }, { id: 's2' })!];
    expect(sameDay(early, late).nps).toMatchObject({ score: 9 });
    expect(sameDay(late, early).nps).toMatchObject({ score: 9 });
    expect(told('survey', { type: 'csat', score: 5 })).toBeNull();
    expect(told('usage', { event: 'used' })).toBeNull();
  });
});
