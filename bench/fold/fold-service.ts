import { Module, type Type } from '@nestjs/common';
import { defineTopic, type AnyTopic } from '@perennial/contracts/topic';
import { signalsTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import type { ServiceDefinition } from '@perennial/service-kit/service';
import { CreateFoldTable1700000000002, loadCounts, saveCounts } from './fold-store.js';

/** A topic like `signals`, so that several folds can stand beside each other on one log. */
export const foldTopic = (name: string): AnyTopic => defineTopic({ stream: `bench-${name}`, version: 1, kind: 'log', retentionDays: 1, key: 'accountId', events: signalsTopic.events });

/** The smallest fold a service can do with signals, so that what messaging costs stands apart from what scoring costs. */
export function foldService(name: string): ServiceDefinition {
  return { name: `fold-${name}`, module: foldModule(foldTopic(name)), entities: [], migrations: [CreateFoldTable1700000000002], writes: [], parseConfig: () => ({ config: {}, faults: [] }) };
}

function foldModule(topic: AnyTopic): Type<unknown> {
  @Consumes(topic)
  class CountDays implements BatchHandler<typeof signalsTopic> {
    async handle({ events, memory }: EventBatch<typeof signalsTopic>, tx: Transaction): Promise<void> {
      const ids = [...new Set(events.map(({ key }) => key))].sort();
      const states = await loadCounts(tx, memory, ids);
      for (const { key, data } of events) if ('occurredAt' in data) states.get(key)!.state.add(data.occurredAt);
      await saveCounts(tx, memory, states);
    }
  }

  @Module({ providers: [CountDays] })
  class FoldModule {}
  return FoldModule;
}
