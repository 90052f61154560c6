import { jest } from '@jest/globals';
import type { Signal } from '@perennial/contracts/signal';
import { partitionOf } from '@perennial/messaging/partitioner';
import { Database } from '@perennial/persistence/transaction';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import { startTestService, type TestService } from '@perennial/testing/service';
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
    const sightings = service.running.get(SourceSightings);
    const survey = { kind: 'survey', receivedAt: new Desk(service).days(0) } as Signal;
    const noting = service.running.get(Database).transaction(async (tx) => {
      await sightings.note(tx, 0, [survey]);
      expect([sightings.liveness(null).survey, sightings.liveness(null, [survey]).survey]).toEqual([undefined, expect.anything()]);
      throw new Error('killed');
    });
    await expect(noting).rejects.toThrow('killed');
    expect(sightings.liveness(null).survey).toBeUndefined();
    await service.running.get(Database).transaction((tx) => sightings.note(tx, 0, [survey]));
    expect(sightings.liveness(null).survey).toBeDefined();
  });
});

/** Ids of two accounts whose signals lie in different partitions, however many there are. */
function inDifferentPartitions(): [string, string] {
  const other = Array.from({ length: 100 }, (_, n) => `other-${n}`).find((id) => [2, 3, 4, 6, 12].every((count) => partitionOf(id, count) !== partitionOf('one', count)));
  return ['one', other!];
}
