import { parseHealthScoringConfig } from './config.js';

describe('settings of health-scoring', () => {
  it('names key features once each, none by default', () => {
    expect(parseHealthScoringConfig({}).config).toEqual({ observe: false, keyFeatures: [], readingsKeptDays: 400 });
    expect(parseHealthScoringConfig({ KEY_FEATURES: ' reports, export,,reports ' }).config.keyFeatures).toEqual(['reports', 'export']);
  });
  it('refuses more of them than an account can keep', () => {
    expect(parseHealthScoringConfig({ KEY_FEATURES: Array.from({ length: 21 }, (_, i) => `f${i}`).join(',') }).faults).toEqual([expect.stringContaining('KEY_FEATURES must be at most 20 names')]);
  });
});
