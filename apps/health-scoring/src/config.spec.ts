import { parseHealthScoringConfig } from './config.js';

describe('settings of health-scoring', () => {
  it('names key features once each, none by default', () => {
    expect(parseHealthScoringConfig({}).config).toEqual({ observe: false, keyFeatures: [], readingsKeptDays: 400, weeklyMeasures: ['usage_level', 'ticket_load', 'csm_sentiment'], cohortFewestAccounts: 10, cleanup: { percent: 5, fewest: 10 } });
    expect(parseHealthScoringConfig({ KEY_FEATURES: ' reports, export,,reports ' }).config.keyFeatures).toEqual(['reports', 'export']);
  });
  it('refuses more of them than an account can keep', () => {
    expect(parseHealthScoringConfig({ KEY_FEATURES: Array.from({ length: 21 }, (_, i) => `f${i}`).join(',') }).faults).toEqual([expect.stringContaining('KEY_FEATURES must be at most 20 names')]);
  });
  it.each(['usage_level', 'usage_level,usage_level,survey', 'usage_level,survey,moon'])('refuses %s as the measures of the weekly light', (value) => {
    expect(parseHealthScoringConfig({ WEEKLY_MEASURES: value }).faults).toEqual([expect.stringContaining('WEEKLY_MEASURES must be three of goal_attainment, ')]);
  });
});
