import { jest } from '@jest/globals';
import { healthTopic, riskChangesTopic, signalsTopic } from '@perennial/contracts/topics';
import type { EventLog, SubscribeOptions } from '@perennial/messaging/event-log';
import { Database } from '@perennial/persistence/transaction';
import { testEventLog } from '@perennial/testing/event-log';
import { startTestService, type TestService } from '@perennial/testing/service';
import { AccountHealthStore } from '../src/application/account-health-store.js';
import { healthScoring } from '../src/service.js';
import { Desk, lasting, type SignalEvent } from './desk.js';

jest.setTimeout(60_000);

const ids = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Three rounds of one story, in three deliveries. */
function story(desk: Desk): SignalEvent[][] {
  return [
    ids.flatMap((id) => desk.well(id)),
    ids.flatMap((id, n) => [desk.signal(id, 'usage', { event: 'used' }, { personId: 'pat' }), ...(n % 2 ? [desk.signal(id, 'survey', { type: 'renewal_intent', score: 1 }, { personId: 'sam' })] : [])]),
    ids.flatMap((id) => [desk.signal(id, 'ticket', { ticketId: 'x', status: 'opened', priority: 'high' }), desk.signal(id, 'engagement', { type: 'call', outcome: 'held', attendees: [{ personId: 'lee' }] })]),
  ];
}

/** What can be seen of a service from outside, without ids of signals (they differ from story to story). */
async function seen(service: TestService, desk: Desk) {
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replace(/"(\w+)-\d+"/g, '"$1"'));
  return {
    health: plain(await Promise.all(ids.map(async (id) => lasting(await desk.health(id))))),
    published: (await service.published(healthTopic)).map(({ key, data }) => `${key} ${data.version} ${data.riskLevel}`).sort(),
    risks: (await service.published(riskChangesTopic)).map(({ key, data }) => `${key} ${data.version} ${data.from} ${data.to} ${data.cause}`).sort(),
  };
}

describe('faults', () => {
  const services: TestService[] = [];
  const start = async (options: Parameters<typeof startTestService>[1] = {}) => {
    const service = await startTestService(healthScoring, options);
    services.push(service);
    return service;
  };
  afterEach(async () => {
    for (const service of services.splice(0)) await service.stop();
  });

  async function tell(service: TestService, break_: (round: number) => void = () => undefined) {
    const desk = new Desk(service);
    for (const [round, events] of story(desk).entries()) {
      break_(round);
      await desk.tell(...events);
    }
    return seen(service, desk);
  }

  it('comes to the same when it is killed before or after the save, and tells nothing twice', async () => {
    const expected = await tell(await start());
    const service = await start();
    const store = service.running.get(AccountHealthStore);
    const save = store.save.bind(store);
    let kills = 0;
    let kill: 'scoring.before-save' | 'scoring.after-save' | null = null;
    store.save = async (...args) => {
      const [point, before] = [kill, kill === 'scoring.before-save'];
      kill = null;
      if (point !== null) kills += 1;
      if (before) throw new Error(`killed at ${point}`);
      await save(...args);
      if (point !== null) throw new Error(`killed at ${point}`);
    };
    const found = await tell(service, (round) => (kill = ([null, 'scoring.before-save', 'scoring.after-save'] as const)[round] ?? null));
    expect(kills).toBe(2);
    expect(found).toEqual(expected);
    expect(await service.running.get(Database).query('SELECT 1 FROM messaging_dead_letter')).toEqual([]);
  });

  it('comes to the same when everything is delivered again after the commit', async () => {
    const expected = await tell(await start());
    const own = await testEventLog();
    try {
      const service = await start({ eventLog: forgetful(own.eventLog) });
      expect(await tell(service)).toEqual(expected);
    } finally {
      for (const service of services.splice(0)) await service.stop();
      await own.dispose();
    }
  });

  it('goes on where it stopped when it is started again', async () => {
    const expected = await tell(await start());
    const own = await testEventLog();
    try {
      const first = await startTestService(healthScoring, { eventLog: own.eventLog });
      const desk = new Desk(first);
      const [one, two, three] = story(desk);
      await desk.tell(...one!);
      await desk.tell(...two!.slice(0, 5));
      await first.stop({ keep: true });
      await first.publish(signalsTopic, two!.slice(5));
      const second = await start({ eventLog: own.eventLog, databaseUrl: first.databaseUrl });
      await second.publish(signalsTopic, three!);
      await second.settle();
      const { health, risks } = await seen(second, new Desk(second));
      expect({ health, risks }).toEqual({ health: expected.health, risks: expected.risks });
    } finally {
      for (const service of services.splice(0)) await service.stop();
      await own.dispose();
    }
  });

  it('loses nothing between two consumers, people and other services', async () => {
    const own = await testEventLog();
    try {
      const first = await startTestService(healthScoring, { eventLog: own.eventLog });
      const desk = new Desk(first);
      const accounts = Array.from({ length: 40 }, (_, n) => `two-${n}`);
      await desk.tell(...accounts.flatMap((id) => desk.well(id)));
      const rounds = Array.from({ length: 12 }, (_, n) => n);
      const signals = async () => {
        for (const n of rounds) await first.publish(signalsTopic, accounts.map((id) => desk.signal(id, 'ticket', { ticketId: `r-${n}`, status: 'opened', priority: 'low' })));
      };
      const people = async () => {
        for (const id of accounts) expect((await desk.post(`/${id}/overrides`, { healthScore: 77, reason: 'why', expiresAt: desk.days(5) })).status).toBe(201);
      };
      const joins = () => start({ eventLog: own.eventLog, databaseUrl: first.databaseUrl, clock: first.clock });
      const renewals = async () => {
        for (const n of rounds) await desk.tellRenewals(...accounts.map((id) => desk.renewals(id, { arrMinor: n })));
      };
      const [second] = await Promise.all([joins(), signals(), people(), renewals()]);
      await first.settle();
      await second.settle();
      for (const id of accounts) {
        const health = await desk.health(id);
        expect([id, health.measures.find((measure) => measure.id === 'ticket_load')!.value, health.override?.healthScore, health.healthScore]).toEqual([id, rounds.length, 77, 77]);
        const versions = (await desk.published(id)).map(({ version }) => version);
        expect(new Set(versions).size).toBe(versions.length);
        expect((await desk.published(id)).at(-1)).toMatchObject({ override: health.override, indicators: health.indicators, band: health.band });
      }
      const [arr] = await first.running.get(Database).query({ text: 'SELECT count(*)::int AS n FROM portfolio WHERE arr_minor = $1', values: [rounds.length - 1] });
      expect(arr).toEqual({ n: accounts.length });
      await first.stop({ keep: true });
    } finally {
      for (const service of services.splice(0)) await service.stop();
      await own.dispose();
    }
  });
});

/** A log to which each consumer dies between its commit and the offset it hands back, every other time. */
function forgetful(log: EventLog): EventLog {
  const wrapped = Object.create(log) as EventLog;
  wrapped.subscribe = (options: SubscribeOptions) => {
    let deliveries = 0;
    return log.subscribe({
      ...options,
      onBatch: async (batch) => {
        const next = await options.onBatch(batch);
        if (deliveries++ % 2 === 0 && batch.records.length > 0) throw new Error('killed before the hint');
        return next;
      },
    });
  };
  return wrapped;
}
