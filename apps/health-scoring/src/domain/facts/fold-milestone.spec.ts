import fc from 'fast-check';
import { Scenario, kindsOf, measureOf, monday, signalOf } from '../../../test/scenario.js';
import { applicantOf } from '../scorecard/choose-scorecard.js';
import { decodeState, encodeState } from '../state-codec.js';
import { isoDay } from '../time/day.js';
import { achievedAt, foldMilestone, type MilestoneFacts } from './fold-milestone.js';

type Status = 'planned' | 'achieved' | 'missed';
/** A word, and the day it was said on. */
type Word = readonly [Status, number];

function told(words: readonly Word[]): MilestoneFacts {
  const milestones = new Map<string, MilestoneFacts>();
  for (const [status, day] of words) {
    const signal = signalOf('acme', 'milestone', { milestoneId: 'm', name: 'M', phase: 'onboarding', status }, day, { id: `${day} ${status}` });
    if (signal.kind === 'milestone') foldMilestone(milestones, signal, { at: day, id: signal.id });
  }
  return milestones.get('m')!;
}

describe('a milestone is what the newest word makes of it', () => {
  it.each<[string, readonly Word[], number | null]>([
    ['achieved once', [['planned', 1], ['achieved', 2]], 2],
    ['told achieved again and again: since the first time', [['achieved', 2], ['achieved', 3], ['achieved', 4], ['achieved', 5], ['achieved', 6], ['achieved', 7]], 2],
    ['taken back', [['achieved', 2], ['planned', 3]], null],
    ['taken back, and missed then', [['achieved', 2], ['planned', 3], ['missed', 9]], null],
    ['called missed after all', [['achieved', 2], ['missed', 3]], null],
    ['achieved late', [['missed', 2], ['achieved', 3]], 3],
    ['achieved anew: since the first time after it was taken back', [['achieved', 2], ['planned', 3], ['achieved', 5], ['achieved', 6]], 5],
  ])('%s', (_, words, day) => {
    for (const inOrder of [words, words.toReversed()]) expect(achievedAt(told(inOrder))?.at ?? null).toBe(day);
  });

  it('in whatever order the words come', () => {
    const day = fc.integer({ min: 1, max: 20 });
    const achieved = fc.uniqueArray(day, { maxLength: 4 }).map((days) => days.map((at): Word => ['achieved', at]));
    const others = fc.array(fc.tuple(fc.constantFrom<Status>('planned', 'missed'), day), { maxLength: 6 });
    const shuffled = fc.tuple(achieved, others).chain(([yes, no]) => {
      const words: Word[] = [...yes, ...no];
      return fc.tuple(fc.constant(words), fc.shuffledSubarray(words, { minLength: words.length }));
    });
    fc.assert(fc.property(shuffled, ([words, other]) => expect(told(other)).toEqual(told(words))), { numRuns: 500 });
  });
});

describe('an account whose milestone was told achieved by mistake', () => {
  const mistaken = (): Scenario => {
    const it = new Scenario().account({}, -30);
    it.signal(-2, 'milestone', { milestoneId: 'm', name: 'M', phase: 'value', status: 'achieved', dueOn: isoDay(monday + 4) });
    return it;
  };

  it('has it ahead until its new date, and missed it then', () => {
    const it = mistaken();
    expect(measureOf(it.look(0), 'milestones_on_time').text).toBe('1 of 1 milestone achieved on time');
    it.signal(1, 'milestone', { milestoneId: 'm', name: 'M', phase: 'value', status: 'planned', dueOn: isoDay(monday + 20) });
    expect(measureOf(it.look(2), 'milestones_on_time').state).toBe('not_applicable');
    it.signal(21, 'milestone', { milestoneId: 'm', name: 'M', phase: 'value', status: 'missed' });
    const verdict = it.look(22);
    expect([measureOf(verdict, 'milestones_on_time').text, kindsOf(verdict).includes('milestone_missed')]).toEqual(['0 of 1 milestone achieved on time', true]);
    const { state } = it;
    expect(decodeState('acme', encodeState(state)).facts.milestones).toEqual(state.facts.milestones);
  });

  it('has not reached its phase', () => {
    const it = mistaken();
    expect(applicantOf(it.state, monday).reached).toEqual(['value']);
    it.signal(-1, 'milestone', { milestoneId: 'm', name: 'M', phase: 'value', status: 'planned' });
    expect(applicantOf(it.state, monday).reached).toEqual([]);
  });
});
