import { jest } from '@jest/globals';
import type { Signal } from '@perennial/contracts/signal';
import { partitionOf } from '@perennial/messaging/partitioner';
import { Database } from '@perennial/persistence/transaction';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import { startTestService, type TestService } from '@perennial/testing/service';
import { setTimeout as sleep } from 'node:timers/promises';
import { SourceSightings } from '../src/application/source-sightings.js';
import { SourceStore } from '../src/application/source-store.js';
import { healthScoring } from '../src/service.js';
import { Desk } from './desk.js';

jest.setTimeout(60_000);

describe('several scorers', () => {
  let service: TestService;

  beforeEach(async () => (service = await startTestService(healthScoring)));
  afterEach(() => service.stop());

  it('judge the accounts of a partition that comes to them by all that its last owner saw', async () => {
    const desk = new Desk(service);
    const mine = service.running.get(SourceSightings);
    const [first, second] = inDifferentPartitions();
    await desk.tell(desk.signal(first, 'usage', { event: 'used', quantity: 1 }));

    const owner = new SourceSightings(service.running.get(SourceStore), service.running.get(DueWorkNudge));
    const survey = { kind: 'survey', receivedAt: desk.days(0) } as Signal;
    await service.running.get(Database).transaction((tx) => owner.note(tx, 11, [survey]));
    expect(mine.newest().map(({ kind }) => kind)).not.toContain('survey');

    await desk.tell(desk.signal(second, 'usage', { event: 'used', quantity: 1 }));
    expect(mine.newest().map(({ kind }) => kind)).toContain('survey');
  });

  it('go by no source that only a chunk not yet committed has seen', async () => {
    const [sightings, database] = [service.running.get(SourceSightings), service.running.get(Database)];
    const survey = { kind: 'survey', receivedAt: new Desk(service).days(0) } as Signal;
    const others = async () => (await sightings.liveness(database, null)).survey;
    const noting = database.transaction(async (tx) => {
      await sightings.note(tx, 0, [survey]);
      expect([(await sightings.liveness(tx, null, [survey])).survey, await others()]).toEqual([expect.anything(), undefined]);
      throw new Error('killed');
    });
    await expect(noting).rejects.toThrow('killed');
    expect(await others()).toBeUndefined();
    await database.transaction((tx) => sightings.note(tx, 0, [survey]));
    expect(await others()).toBeDefined();
  });

  it('never judge an account by fewer sources than its last look, wherever that was given', async () => {
    const desk = new Desk(service);
    const [first] = inDifferentPartitions();
    await desk.tell(...desk.well(first).filter(({ data }) => !('kind' in data && data.kind === 'ticket')));
    const database = service.running.get(Database);
    const owner = new SourceSightings(service.running.get(SourceStore), service.running.get(DueWorkNudge));
    const tickets = async () => (await desk.health(first)).measures.find(({ id }) => id === 'ticket_load')?.state;
    const ticket = { kind: 'ticket', receivedAt: desk.days(0) } as Signal;
    expect(await tickets()).toBe('missing');

    // The look waits for the account until the chunk that brought the source has committed.
    const look = await database.transaction(async (tx) => {
      await tx.query({ text: 'SELECT 1 FROM account_health WHERE account_id = $1 FOR UPDATE', values: [first] });
      const waiting = desk.post(`/${first}/overrides`, { healthScore: 77, reason: 'why', expiresAt: desk.days(5) });
      await waitsForLock(database);
      await owner.note(tx, 11, [ticket]);
      return { waiting };
    });
    expect((await look.waiting).status).toBe(201);
    expect(await tickets()).not.toBe('missing');
  });
});

async function waitsForLock(database: Database): Promise<void> {
  const waiting = { text: "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'" };
  while ((await database.query(waiting)).length === 0) await sleep(20);
}

/** Ids of two accounts whose signals lie in different partitions, however many there are. */
function inDifferentPartitions(): [string, string] {
  const other = Array.from({ length: 100 }, (_, n) => `other-${n}`).find((id) => [2, 3, 4, 6, 12].every((count) => partitionOf(id, count) !== partitionOf('one', count)));
  return ['one', other!];
}
