import { allIndicators } from '../indicators/all-indicators.js';
import { shippedIndicatorSet } from '../indicators/shipped-indicator-set.js';
import { allMeasures } from '../measures/all-measures.js';
import { indicatorSetFault, scorecardFault } from './check-scorecard.js';
import { csmLedScorecard } from './csm-led.js';

const [first, ...others] = csmLedScorecard.measures;

describe('documents', () => {
  it('the shipped ones can judge, use everything that is registered, and survive JSON', () => {
    expect(scorecardFault(JSON.parse(JSON.stringify(csmLedScorecard)))).toBeNull();
    expect(indicatorSetFault(JSON.parse(JSON.stringify(shippedIndicatorSet)))).toBeNull();
    expect(csmLedScorecard.measures.map((measure) => measure.id).sort()).toEqual(allMeasures.map((measure) => measure.id).sort());
    expect(shippedIndicatorSet.indicators.map(({ kind }) => kind).sort()).toEqual(allIndicators.map(({ kind }) => kind).sort());
  });
  it.each([
    ['an unknown measure', { ...csmLedScorecard, measures: [{ ...first, id: 'luck' }] }, '/measures/0/id'],
    ['a measure twice', { ...csmLedScorecard, measures: [first, first] }, '/measures/1/id'],
    ['a weight of nothing', { ...csmLedScorecard, measures: [{ ...first, weight: 0 }] }, '/measures/0/weight'],
    ['a curve that turns', { ...csmLedScorecard, measures: [{ ...first, curve: [[0, 0], [1, 50], [2, 40]] }] }, '/measures/0/curve'],
    ['a curve that goes back', { ...csmLedScorecard, measures: [{ ...first, curve: [[0, 0], [0, 50]] }] }, '/measures/0/curve'],
    ['a missing setting', { ...csmLedScorecard, measures: [{ ...first, settings: {} }, ...others] }, '/measures/0/settings/missingFromDay'],
    ['an unknown cap', { ...csmLedScorecard, caps: [{ id: 'bad luck', limit: 10, settings: {} }] }, '/caps/0/id'],
    ['bands the wrong way', { ...csmLedScorecard, bands: { amber: 70, green: 40 } }, '/bands'],
    ['a tier nobody has', { ...csmLedScorecard, defaultTier: 'gold' }, '/defaultTier'],
    ['a misspelt field', { ...csmLedScorecard, bandz: 1 }, '/bandz'],
  ])('refuses %s', (_, document, pointer) => expect(scorecardFault(document)?.pointer).toBe(pointer));
  it('refuses an indicator set with an unknown kind or setting', () => {
    expect(indicatorSetFault({ ...shippedIndicatorSet, indicators: [{ kind: 'luck', settings: {} }] })?.pointer).toBe('/indicators/0/kind');
    expect(indicatorSetFault({ ...shippedIndicatorSet, indicators: [{ kind: 'csm_concern', settings: { atMost: 2, severe: 1 } }] })?.pointer).toBe('/indicators/0/settings/validityDays');
  });
});
