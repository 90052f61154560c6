import { parseRenewalForecastingConfig } from './config.js';

describe('settings of renewal-forecasting', () => {
  it('needs none', () => {
    expect(parseRenewalForecastingConfig({})).toEqual({ config: { reportingCurrency: 'USD', ownRates: { shortTerm: null, longTerm: null } }, faults: [] });
  });

  it('takes the currency and the company own renewal rates', () => {
    const { config } = parseRenewalForecastingConfig({ REPORTING_CURRENCY: 'EUR', RENEWAL_RATE_SHORT_TERM: '0.96', RENEWAL_RATE_LONG_TERM: '.85' });
    expect(config).toEqual({ reportingCurrency: 'EUR', ownRates: { shortTerm: 0.96, longTerm: 0.85 } });
  });

  it('lists every fault by name and never the value', () => {
    const { faults } = parseRenewalForecastingConfig({ REPORTING_CURRENCY: 'euro', RENEWAL_RATE_SHORT_TERM: '97.5', RENEWAL_RATE_LONG_TERM: '1' });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(['REPORTING_CURRENCY', 'RENEWAL_RATE_SHORT_TERM', 'RENEWAL_RATE_LONG_TERM']);
    expect(faults.join()).not.toMatch(/euro|97/);
  });
});
