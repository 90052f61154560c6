import { property, assert, string, array, constantFrom } from 'fast-check';
import { routeOf } from './routing-table.js';

const backendOf = (path: string) => routeOf(path)?.backend ?? null;

describe('who answers', () => {
  it.each([
    ['/api/v1/signals', 'signal-ingestion'],
    ['/api/v1/sources/s1', 'signal-ingestion'],
    ['/api/v1/accounts', 'health-scoring'],
    ['/api/v1/accounts/acme', 'signal-ingestion'],
    ['/api/v1/accounts/acme/signals', 'signal-ingestion'],
    ['/api/v1/accounts/acme/health', 'health-scoring'],
    ['/api/v1/accounts/acme/health/history', 'health-scoring'],
    ['/api/v1/accounts/acme/indicators/i1/snooze', 'health-scoring'],
    ['/api/v1/accounts/acme/overrides/o1', 'health-scoring'],
    ['/api/v1/scorecards', 'health-scoring'],
    ['/api/v1/scorecards/csm-led/revisions/2/publish', 'health-scoring'],
    ['/api/v1/renewals', 'renewal-forecasting'],
    ['/api/v1/contracts/c1', 'renewal-forecasting'],
    ['/api/v1/tasks/t1', 'playbook-orchestration'],
    ['/api/v1/runs', 'playbook-orchestration'],
    ['/api/v1/stream/risk-changes', 'notifications'],
    ['/api/v1/webhook-endpoints', 'notifications'],
  ])('%s -> %s', (path, backend) => expect(backendOf(path)).toBe(backend));

  it.each(['/', '/api/v1', '/api/v1/', '/api/v2/signals', '/api/v1/nothing', '/api/v1/signals/x', '/api/v1/accounts/acme/secrets', '/internal/pipeline', '/v1/track', '/api/v1/accounts//health', '/api/v1/./signals', '/api/v1/accounts/../signals', '/api/v1/accounts/%2e%2e/health', '/api/v1/sources/', '/api/v1/accounts/%zz', '/api/v1/accounts/a%00b', 'http://x/api/v1/signals'])('nobody at %s', (path) => expect(routeOf(path)).toBeNull());

  it('lets write keys pass at the signals door only', () => {
    expect(routeOf('/api/v1/signals')?.writeKeys).toBe(true);
    expect(routeOf('/api/v1/sources')?.writeKeys).toBe(false);
    expect(routeOf('/api/v1/accounts/signals')?.writeKeys).toBe(false);
  });
});

describe('spellings', () => {
  it('forwards the canonical form', () => {
    expect(routeOf('/%61pi/v1/%61ccounts/acme%20inc/he%61lth')).toEqual({ backend: 'health-scoring', path: '/api/v1/accounts/acme%20inc/health', writeKeys: false, files: false });
    expect(routeOf('/api/v1/accounts/a%2Fb/health')?.path).toBe('/api/v1/accounts/a%2Fb/health');
    expect(routeOf('/api/v1/accounts/a%252Fb/health')?.path).toBe('/api/v1/accounts/a%252Fb/health');
  });

  it('an id that looks like an address stays one segment', () => {
    expect(backendOf('/api/v1/accounts/x%2Fhealth')).toBe('signal-ingestion');
  });

  it('any spelling of any path gets the decision of its canonical form', () => {
    const word = constantFrom('api', 'v1', 'accounts', 'health', 'signals', 'acme', '..', '.', '', 'a/b', 'é', '%');
    assert(
      property(array(word, { maxLength: 6 }), string(), (words, salt) => {
        const plain = `/api/v1/${words.map(encodeURIComponent).join('/')}`;
        const odd = [...plain].map((c, i) => (/[a-z]/.test(c) && (salt.charCodeAt(i % (salt.length || 1)) || 0) % 2 === 1 && plain[i - 1] !== '%' && plain[i - 2] !== '%' ? `%${c.charCodeAt(0).toString(16)}` : c)).join('');
        expect(routeOf(odd)).toEqual(routeOf(plain));
      }),
    );
  });
});
