import { parseGatewayConfig } from './config.js';

const key = JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'x', d: 'd' });
const good = { SIGNAL_INGESTION_URL: 'http://a:1/', HEALTH_SCORING_URL: 'http://b:2', RENEWAL_FORECASTING_URL: 'http://c:3', PLAYBOOK_ORCHESTRATION_URL: 'http://d:4', NOTIFICATIONS_URL: 'http://e:5', IDENTITY_PRIVATE_KEY: key };

describe('settings of the gateway', () => {
  it('are read', () => {
    const { config, faults } = parseGatewayConfig({ ...good, PUBLIC_URL: 'https://cs.example', ADMIN_EMAIL: 'a@example.com', ADMIN_PASSWORD: 'twelve characters' });
    expect(faults).toEqual([]);
    expect(config).toMatchObject({ backendUrls: { 'signal-ingestion': 'http://a:1', notifications: 'http://e:5' }, publicUrl: 'https://cs.example', firstAdmin: { email: 'a@example.com' } });
  });

  it('tell every fault by name, never a value', () => {
    const { faults } = parseGatewayConfig({ SIGNAL_INGESTION_URL: 'hunter2', IDENTITY_PRIVATE_KEY: 'hunter2', PUBLIC_URL: 'ftp://hunter2', ADMIN_PASSWORD: 'hunter2', FIRST_API_KEY: 'hunter2' });
    const named = ['SIGNAL_INGESTION_URL', 'HEALTH_SCORING_URL', 'RENEWAL_FORECASTING_URL', 'PLAYBOOK_ORCHESTRATION_URL', 'NOTIFICATIONS_URL', 'IDENTITY_PRIVATE_KEY', 'PUBLIC_URL', 'ADMIN_EMAIL and ADMIN_PASSWORD', 'ADMIN_PASSWORD must', 'FIRST_API_KEY'];
    for (const name of named) expect(faults.filter((fault) => fault.startsWith(name))).toHaveLength(1);
    expect(faults.join()).not.toContain('hunter2');
  });
});
