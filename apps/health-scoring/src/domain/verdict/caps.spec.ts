import { csmLedScorecard } from '../../../test/scenario.js';
import type { CapFacts } from '../days/cap-facts.js';
import { dayMs, parseDay, startOf } from '../time/day.js';
import { holdingCaps, type CapCase } from './caps.js';

// A Wednesday, at noon.
const today = parseDay('2026-07-15');
const asOf = startOf(today) + dayMs / 2;
const none: CapFacts = { cancelled: false, intents: [], use: null, urgentSince: null, complaintSince: null, dueGoals: [], unreplaced: [], overdueDays: 0 };
const measured = (id: string, freshBp: number | null): CapCase['measures'][number] => ({ definition: csmLedScorecard.measures.find((entry) => entry.id === id)!.definition, freshBp });
const utilised = (freshBp: number | null): CapCase['measures'] => [measured('license_utilisation', freshBp), measured('survey', 0), measured('touches', 9000)];

interface Case {
  readonly facts?: Partial<CapFacts>;
  readonly utilisation?: number | null;
  readonly ageDays?: number;
  readonly gone?: readonly string[];
}
const caps = ({ facts = {}, utilisation = 9000, ageDays = 100, gone = [] }: Case): { held: string[]; changesAt: number[] } => {
  const changesAt: number[] = [];
  const held = holdingCaps({ asOf, ageDays, facts: { ...none, ...facts }, measures: utilised(utilisation), indicators: gone.map((kind) => ({ kind })), redBelowBp: 4000, changesAt: (instant) => changesAt.push(instant) }, csmLedScorecard.caps);
  return { held: held.map(({ id, limit }) => `${id} ${limit}`), changesAt };
};

describe('caps', () => {
  it.each<[string, Case, string[]]>([
    ['nothing', {}, []],
    ['a cancellation', { facts: { cancelled: true } }, ['cancel_scheduled 20']],
    ['a decision maker who says 3', { facts: { intents: [{ score: 3, at: asOf - dayMs }] } }, ['decision_maker_intent 35']],
    ['one who says 4', { facts: { intents: [{ score: 4, at: asOf - dayMs }] } }, []],
    ['one who said 3 before somebody said 4', { facts: { intents: [{ score: 4, at: asOf - dayMs }, { score: 3, at: asOf - 2 * dayMs }] } }, ['decision_maker_intent 35']],
    ['one who said it almost 180 days ago', { facts: { intents: [{ score: 3, at: asOf - 180 * dayMs + 1 }] } }, ['decision_maker_intent 35']],
    ['one who said it 180 days ago', { facts: { intents: [{ score: 3, at: asOf - 180 * dayMs }] } }, []],
    ['hardly any use, of few seats', { facts: { use: { level: 0.49, earlier: 0.49 } }, utilisation: 3999 }, ['unused 39']],
    ['half of the use', { facts: { use: { level: 0.5, earlier: 0.49 } }, utilisation: 3999 }, []],
    ['hardly any use for 28 days only', { facts: { use: { level: 0.49, earlier: 0.5 } }, utilisation: 3999 }, []],
    ['hardly any use, of seats enough', { facts: { use: { level: 0.1, earlier: 0.1 } }, utilisation: 4000 }, []],
    ['hardly any use, of seats nobody knows', { facts: { use: { level: 0.1, earlier: 0.1 } }, utilisation: null }, []],
    ['few seats in use after the sixth month', { utilisation: 3999, ageDays: 183 }, ['utilisation_red 65']],
    ['few seats in use in the sixth month', { utilisation: 3999, ageDays: 182 }, []],
    ['an urgent ticket for seven days', { facts: { urgentSince: asOf - 7 * dayMs } }, ['urgent_ticket 60']],
    ['one for less', { facts: { urgentSince: asOf - 7 * dayMs + 1 } }, []],
    ['a due goal of which something is wanting', { facts: { dueGoals: [{ dueOn: today - 365, share: 0.9999 }] } }, ['goal_missed 65']],
    ['one that was due longer ago', { facts: { dueGoals: [{ dueOn: today - 366, share: 0.5 }] } }, []],
    ['one that was attained', { facts: { dueGoals: [{ dueOn: today - 1, share: 1 }] } }, []],
    ['one of two that was', { facts: { dueGoals: [{ dueOn: today - 1, share: 1 }, { dueOn: today - 2, share: 0.5 }] } }, ['goal_missed 65']],
    ['a champion who left and is not replaced', { facts: { unreplaced: ['champion_left'] }, gone: ['champion_left'] }, ['stakeholder_gone 65']],
    ['one who left and is not told of', { facts: { unreplaced: ['champion_left'] }, gone: ['sponsor_change'] }, []],
    ['one who is replaced', { gone: ['champion_left'] }, []],
    // Ten business days after Wednesday 1 July end on 15 July.
    ['a complaint past its deadline', { facts: { complaintSince: startOf(today - 15) } }, ['complaint_overdue 65']],
    ['a complaint in time', { facts: { complaintSince: startOf(today - 13) } }, []],
    ['an invoice over 30 days late', { facts: { overdueDays: 31 } }, ['invoice_overdue 65']],
    ['an invoice 30 days late', { facts: { overdueDays: 30 } }, []],
    ['the lowest first', { facts: { overdueDays: 31, cancelled: true, urgentSince: 0 } }, ['cancel_scheduled 20', 'urgent_ticket 60', 'invoice_overdue 65']],
  ])('%s', (_, seen, held) => expect(caps(seen).held).toEqual(held));

  it('say when time alone changes them', () => {
    expect(caps({ facts: { intents: [{ score: 3, at: asOf - dayMs }], urgentSince: asOf - 2 * dayMs } }).changesAt.sort()).toEqual([asOf + 5 * dayMs, asOf + 179 * dayMs]);
    expect(caps({ facts: { intents: [{ score: 4, at: asOf - dayMs }] } }).changesAt).toEqual([]);
  });
});
