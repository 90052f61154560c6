import { parse } from 'yaml';
import { shippedDocument } from '../../../test/scenario.js';
import { shippedScorecards } from '../../scorecards/shipped-scorecards.js';
import { allIndicators } from '../indicators/all-indicators.js';
import { allMeasures } from '../measures/all-measures.js';
import { draftFaults, scorecardFaults } from './check-scorecard.js';
import { compileScorecard } from './compile-scorecard.js';
import type { Scorecard } from './scorecard.js';

const card = shippedDocument('csm-led');
const [first, ...others] = card.measures;
const license = card.measures.findIndex(({ id }) => id === 'license_utilisation');
const pointersOf = (document: unknown): string[] => scorecardFaults(document).map(({ pointer }) => pointer);
const withLicense = (settings: object): Scorecard => ({ ...card, measures: card.measures.map((measure, i) => (i === license ? { ...measure, settings: { ...measure.settings, ...settings } } : measure)) });
const withIndicator = (kind: string, settings: object): Scorecard => ({ ...card, indicators: card.indicators.map((one) => (one.kind === kind ? { ...one, settings: { ...one.settings, ...settings } } : one)) });
const placeOf = (kind: string): string => `/indicators/${card.indicators.findIndex((one) => one.kind === kind)}`;
const csmConcern = card.indicators.findIndex(({ kind }) => kind === 'csm_concern');

describe('scorecard documents', () => {
  it('the shipped ones can judge, and survive JSON', () => {
    for (const { document } of shippedScorecards) expect(scorecardFaults(JSON.parse(JSON.stringify(document)))).toEqual([]);
  });
  it('together they use every measure, and csm-led every indicator', () => {
    const used = new Set(shippedScorecards.flatMap(({ document }) => document.measures.map((measure) => measure.id)));
    expect([...used].sort()).toEqual(allMeasures.map((measure) => measure.id).sort());
    expect(card.indicators.map(({ kind }) => kind).sort()).toEqual(allIndicators.map(({ kind }) => kind).sort());
  });
  it.each<[string, unknown, string]>([
    ['nothing', null, ''],
    ['a text', 'csm-led', ''],
    ['an id that is no name', { ...card, id: 'CSM led' }, '/id'],
    ['a revision of its own', { ...card, revision: 7 }, '/revision'],
    ['an unknown measure', { ...card, measures: [{ ...first, id: 'luck' }] }, '/measures/0/id'],
    ['a measure twice', { ...card, measures: [...card.measures, first] }, `/measures/${card.measures.length}/id`],
    ['no measures', { ...card, measures: [] }, '/measures'],
    ['a weight of nothing', { ...card, measures: [{ ...first, weight: 0 }] }, '/measures/0/weight'],
    ['a weight that is no number', { ...card, measures: [{ ...first, weight: parse('.nan') as number }] }, '/measures/0/weight'],
    ['a curve that turns', { ...card, measures: [{ ...first, curve: [[0, 0], [1, 50], [2, 40]] }, ...others] }, '/measures/0/curve/2'],
    ['a curve that goes back', { ...card, measures: [{ ...first, curve: [[0, 0], [0, 50]] }, ...others] }, '/measures/0/curve/1'],
    ['a curve beyond the points', { ...card, measures: [{ ...first, curve: [[0, 0], [1, 101]] }, ...others] }, '/measures/0/curve/1'],
    ['a curve that begins below the points', { ...card, measures: [{ ...first, curve: [[0, -1], [1, 50]] }, ...others] }, '/measures/0/curve/0'],
    ['no curve where one is needed', { ...card, measures: [{ ...first, curve: null }, ...others] }, '/measures/0/curve'],
    ['a missing setting', { ...card, measures: [{ ...first, settings: {} }, ...others] }, '/measures/0/settings/missingFromDay'],
    ['a share of nothing to divide by', { ...card, measures: [{ ...first, settings: { ...first!.settings, leastElapsedShare: 0 } }, ...others] }, '/measures/0/settings/leastElapsedShare'],
    ['a curve where the settings make it', { ...card, measures: card.measures.map((measure, i) => (i === license ? { ...measure, curve: [[0, 0], [1, 100]] } : measure)) }, `/measures/${license}/curve`],
    ['shares of seats that cross', withLicense({ red: [[5, 0.6]] }), `/measures/${license}/settings`],
    ['shares of seats by months that do not rise', withLicense({ red: [[5, 0.1], [5, 0.5]] }), `/measures/${license}/settings/red`],
    ['a window longer than what is kept', withLicense({ activeDays: 90 }), `/measures/${license}/settings/activeDays`],
    ['a plan that goes back', { ...card, measures: [...card.measures, { id: 'activation', weight: 1, curve: [[0, 0], [1, 100]], validityDays: null, settings: { plan: [[90, 1], [14, 0]] } }] }, `/measures/${card.measures.length}/settings/plan`],
    ['a plan of more than all', { ...card, measures: [...card.measures, { id: 'activation', weight: 1, curve: [[0, 0], [1, 100]], validityDays: null, settings: { plan: [[14, 0], [90, 2]] } }] }, `/measures/${card.measures.length}/settings/plan`],
    ['days beyond all time', { ...card, measures: [{ ...first, validityDays: 1e9 }, ...others] }, '/measures/0/validityDays'],
    ['tiers without end', { ...card, tiers: { ...card.tiers, ...Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`t${i}`, card.tiers['mid']])) } }, '/tiers'],
    ['a tier whose name is no name', { ...card, tiers: { ...card.tiers, ['x'.repeat(201)]: card.tiers['mid'] } }, '/tiers'],
    ['an unknown cap', { ...card, caps: [{ id: 'toString', limit: 10, settings: {} }] }, '/caps/0/id'],
    ['a cap that rests on a measure it does not have', { ...card, measures: [first] }, '/caps/2/settings/measure'],
    ['an unknown indicator', { ...card, indicators: [{ kind: 'luck', settings: {} }] }, '/indicators/0/kind'],
    ['an indicator twice', { ...card, indicators: [...card.indicators, card.indicators[0]] }, `/indicators/${card.indicators.length}/kind`],
    ['an indicator without its numbers', { ...card, indicators: card.indicators.map((one, i) => (i === csmConcern ? { ...one, settings: { atMost: 2, severe: 1 } } : one)) }, `/indicators/${csmConcern}/settings/validityDays`],
    ['answers of contacts who are not kept in sight', withIndicator('no_renewal_intent', { atMost: 6 }), `${placeOf('no_renewal_intent')}/settings/atMost`],
    ['a way out that is not kept in sight', withIndicator('no_renewal_intent', { cleared: 6.5 }), `${placeOf('no_renewal_intent')}/settings/cleared`],
    ['bands that overlap', { ...card, bands: { amber: 70, green: 40 } }, '/bands'],
    ['bands without red', { ...card, bands: { amber: 0, green: 40 } }, '/bands/amber'],
    ['a band beyond the score', { ...card, bands: { amber: 40, green: 101 } }, '/bands/green'],
    ['coverage the wrong way', { ...card, coverage: { green: 0.2, any: 0.5 } }, '/coverage'],
    ['a trend of more days than it looks at', { ...card, trend: { ...card.trend, days: 7 } }, '/trend/fewestDays'],
    ['a tier nobody has', { ...card, defaultTier: 'gold' }, '/defaultTier'],
    ['a misspelt field', { ...card, bandz: 1 }, '/bandz'],
    ['a misspelt criterion', { ...card, criteria: { tier: ['high'] } }, '/criteria/tier'],
    ['a criterion nobody meets', { ...card, criteria: { tiers: [] } }, '/criteria/tiers'],
  ])('refuses %s', (_, document, pointer) => expect(pointersOf(document)).toContain(pointer));
  it('takes another lock of targets where no cap goes by one', () => {
    const measures = [{ ...first, settings: { ...first!.settings, targetLockDays: 30 } }, ...others];
    expect(draftFaults({ ...card, measures }).map(({ pointer }) => pointer)).toEqual(['/measures/0/settings/targetLockDays']);
    // What was published before judges on.
    expect(scorecardFaults({ ...card, measures })).toEqual([]);
    expect(draftFaults({ ...card, measures, caps: card.caps.filter(({ id }) => id !== 'goal_missed') })).toEqual([]);
  });
  it('tells all faults of its shape', () => {
    expect(pointersOf({ ...card, bandz: 1, defaultTier: 7, measures: [{ ...first, weight: 0 }, ...others] }).toSorted()).toEqual(['/bandz', '/defaultTier', '/measures/0/weight']);
  });
  it('tells all faults of a document that has its shape', () => {
    expect(pointersOf({ ...card, bands: { amber: 70, green: 40 }, defaultTier: 'gold', measures: [{ ...first, id: 'luck' }, ...others] })).toEqual(['/bands', '/defaultTier', '/measures/0/id']);
  });
  it('compiles none that has a fault', () => {
    expect(() => compileScorecard({ ...card, bands: { amber: 70, green: 40 } }, 3)).toThrow('revision 3 of a scorecard is broken at /bands');
  });
});
