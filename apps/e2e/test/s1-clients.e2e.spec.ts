import { clients, type ClientEvent } from '@perennial/testing/vendor-clients';
import { describeOnBothLogs } from './both-logs.js';
import { daysAfter, System } from './system.js';

/** Enough for eight whole weeks, on whichever weekday they begin, of an account that is past its onboarding. */
const days = 95;

await describeOnBothLogs('S1: what each client sends to the one origin moves its account\'s usage measure', (log) => {
  let system: System;
  const now = '2026-03-02T12:00:00.000Z';
  const instants = Array.from({ length: days }, (_, i) => daysAfter(now, i - days));

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now });
    const { url, writeKey } = system.ready;
    for (const [name, requestsOf] of Object.entries(clients)) {
      const given = instants.map((iso, i): ClientEvent => ({ id: `${name}-${i}`, event: 'Opened', iso, ms: Date.parse(iso), user: `u-${name}`, account: `s1-${name}` }));
      for (const { path, headers = {}, body } of requestsOf(given, writeKey)) {
        // Twice: a client that heard no answer sends again.
        for (let turn = 0; turn < 2; turn++) {
          const answer = await fetch(url + path, { headers, ...(body === undefined ? {} : { method: 'POST', body }) });
          const text = await answer.text();
          if (answer.status !== 200 || answer.headers.has('x-rejected-count')) throw new Error(`${name}: ${answer.status} ${text}`);
        }
      }
    }
    await system.settle();
  }, 90_000);
  afterAll(() => system?.stop(), 30_000);

  it.each(Object.keys(clients))('%s', async (name) => {
    const rows = await system.list<{ occurredAt: string }>(`/api/v1/accounts/s1-${name}/signals?kind=usage&limit=100`);
    expect(rows.map(({ occurredAt }) => occurredAt).sort()).toEqual(instants);
    const { measures } = await system.get<{ measures: { id: string; state: string; value: number | null }[] }>(`/api/v1/accounts/s1-${name}/health`);
    expect(measures.find(({ id }) => id === 'usage_level')).toMatchObject({ state: 'ok', value: 1 });
  });
});
