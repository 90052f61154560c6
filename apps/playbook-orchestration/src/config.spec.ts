import { parseOrchestrationConfig } from './config.js';

describe('settings', () => {
  it('have defaults', () => {
    expect(parseOrchestrationConfig({})).toEqual({ config: { timerBatch: 500, timerLeaseSeconds: 30, observe: false }, faults: [] });
  });

  it('tell all faults at once, by name', () => {
    const { faults } = parseOrchestrationConfig({ TIMER_BATCH: '0', TIMER_LEASE_SECONDS: 'soon' });
    expect(faults).toEqual(['TIMER_BATCH must be a whole number from 1 to 5000', 'TIMER_LEASE_SECONDS must be a whole number from 1 to 3600']);
  });
});
