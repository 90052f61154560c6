import { shippedDocument } from '../../../test/scenario.js';
import { diffScorecards } from './diff-scorecards.js';
import type { Scorecard } from './scorecard.js';

const card = shippedDocument('csm-led');
const clone = (): Scorecard => JSON.parse(JSON.stringify(card)) as Scorecard;
const textsOf = (after: Scorecard, before: Scorecard | null = card): string[] => diffScorecards(before, after).map(({ text }) => text);

describe('what a draft changes', () => {
  it('is nothing where only the order differs', () => {
    const same = clone();
    same.measures.reverse();
    same.indicators.reverse();
    expect(diffScorecards(card, { ...same, tiers: Object.fromEntries(Object.entries(same.tiers).reverse()) })).toEqual([]);
  });
  it('is said line by line', () => {
    const after = clone();
    after.description = 'Another one';
    after.measures[0]!.weight = 20;
    after.measures[0]!.settings['missingFromDay'] = 45;
    after.measures[1]!.curve = [[0, 0], [1, 100]];
    after.measures.pop();
    after.caps[8]!.limit = 60;
    after.caps.splice(3, 1);
    after.indicators.splice(0, 1);
    after.bands.green = 75;
    after.criteria = { tiers: ['high'] };
    delete after.tiers['digital'];
    after.tiers['mid']!.touches = 3;
    expect(textsOf(after)).toEqual([
      `description ${card.description} -> Another one`,
      'criterion tiers added as ["high"]',
      'measure goal_attainment: weight 16 -> 20',
      'measure goal_attainment: settings.missingFromDay 30 -> 45',
      'measure milestones_on_time: curve [[0,0],[0.5,40],[1,100]] -> [[0,0],[1,100]]',
      'measure multithreading removed',
      'band green 70 -> 75',
      'tier mid: touches 2 -> 3',
      'tier digital removed',
      'cap invoice_overdue: limit 65 -> 60',
      'cap urgent_ticket removed',
      'indicator usage_drop removed',
    ]);
  });
  it('names what is new, with its weight', () => {
    const before = clone();
    const [added] = before.measures.splice(before.measures.findIndex(({ id }) => id === 'survey'), 1);
    expect(diffScorecards(before, card)).toEqual([{ path: 'measures.survey', text: 'measure survey added with weight 9', after: { ...added, id: undefined } }]);
  });
  it('the first revision is told entry by entry', () => {
    expect(textsOf(card, null)).toEqual(expect.arrayContaining(['role added as primary', 'measure survey added with weight 9', 'cap cancel_scheduled added with limit 20', 'band green added as 70']));
  });
});
