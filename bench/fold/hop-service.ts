import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { signalsTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import { Outbox } from '@perennial/messaging/outbox';
import { Database } from '@perennial/persistence/transaction';
import type { ServiceDefinition } from '@perennial/service-kit/service';
import type { TestService } from '@perennial/testing/service';

export interface HopInput {
  readonly perSecond: number;
  readonly forMs: number;
  readonly run: string;
}

export interface Hops {
  /** From commit to handler, ms. */
  readonly latencies: number[];
  readonly published: number;
  /** Handled once, of those published. */
  readonly handled: number;
}

/** Instants at which events reached their handler, by id. */
const reached = new Map<string, number[]>();

@Consumes(signalsTopic)
class NoteArrivals implements BatchHandler<typeof signalsTopic> {
  async handle({ events }: EventBatch<typeof signalsTopic>): Promise<void> {
    const now = performance.now();
    for (const { data } of events) if ('id' in data) reached.set(data.id, [...(reached.get(data.id) ?? []), now]);
  }
}

@Module({ providers: [NoteArrivals] })
class HopModule {}

/** Publishes and consumes, with nothing in between but outbox, relay, log and consumer. */
export const hopService: ServiceDefinition = { name: 'hop', module: HopModule, entities: [], migrations: [], writes: [signalsTopic], parseConfig: () => ({ config: {}, faults: [] }) };

export async function hops(service: TestService, { perSecond, forMs, run }: HopInput): Promise<Hops> {
  const database = service.running.get(Database);
  const outbox = service.running.get(Outbox);
  const committed = new Map<string, number>();
  const publish = async (id: string): Promise<void> => {
    const now = new Date();
    const at = now.toISOString();
    const data = { id, kind: 'usage' as const, accountId: id, personId: null, occurredAt: at, receivedAt: at, sourceId: 'bench', product: null, clamped: false, data: { event: 'Report Exported', quantity: 1 } };
    await database.transaction((tx) => outbox.publish(tx, signalsTopic, [{ type: 'perennial.signal.usage.v1', key: id, data, time: now }]));
    committed.set(id, performance.now());
  };
  const all: Promise<void>[] = [];
  const start = performance.now();
  for (let sent = 0, total = Math.round((perSecond * forMs) / 1000); sent < total; await sleep(1)) {
    const due = Math.min(total, Math.floor(((performance.now() - start) * perSecond) / 1000) + 1);
    for (; sent < due; sent++) all.push(publish(`${run}-${sent}`));
  }
  await Promise.all(all);
  await service.settle();
  const once = [...committed].filter(([id]) => reached.get(id)?.length === 1);
  // A handler may run before the commit's own answer is read.
  return { latencies: once.map(([id, at]) => Math.max(0, reached.get(id)![0]! - at)), published: committed.size, handled: once.length };
}
