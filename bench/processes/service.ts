import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { healthScoring } from '@perennial/health-scoring/service';
import { createLogger } from '@perennial/service-kit/logging';
import { SystemClock } from '@perennial/service-kit/clock';
import { openEventLog } from '@perennial/service-kit/open-event-log';
import type { ServiceDefinition } from '@perennial/service-kit/service';
import type { LogSettings } from '@perennial/service-kit/settings';
import { startTelemetry } from '@perennial/service-kit/telemetry';
import { signalIngestion } from '@perennial/signal-ingestion/service';
import { topicSpec, type EventLog } from '@perennial/messaging/event-log';
import { OutboxRelay } from '@perennial/messaging/outbox-relay';
import { retryTransient } from '@perennial/messaging/retry-transient';
import { startTestService, type TestService } from '@perennial/testing/service';
import { foldService } from '../fold/fold-service.js';
import { hops, hopService, type HopInput } from '../fold/hop-service.js';
import { TelemetryStream } from '../load/telemetry-stream.js';
import { SignalStream, type StreamOptions } from '../load/signal-stream.js';
import { allTopics } from '@perennial/contracts/topics';
import { answer } from './answer.js';
import { GatedLog, type Progress } from './gated-log.js';
import { timeStatements } from './statement-times.js';

/** One service of the product, or the fold that stands in for one, as production starts it; driven by the bench. */
const definitions: Readonly<Record<string, ServiceDefinition>> = { 'signal-ingestion': signalIngestion, 'health-scoring': healthScoring, hop: hopService };
const definitionOf = (name: string): ServiceDefinition => definitions[name] ?? foldService(name.slice('fold-'.length));
const giveUpMs = 170_000;
const topicsWithinMs = 60_000;
/** With --profile: statements with their times, told at the end. */
const statements = process.env['BENCH_PROFILE'] === 'true' ? timeStatements() : () => [];

let log: EventLog;
let gate: GatedLog;
let service: TestService;
const streams = new Map<string, SignalStream | TelemetryStream>();

export interface StartInput {
  readonly service: string;
  readonly log: LogSettings;
  readonly databaseUrl?: string;
  /** Topics whose consumers wait until they are let go. */
  readonly hold?: readonly string[];
}

export interface Started {
  readonly url: string;
  readonly databaseUrl: string;
}

answer(
  {
    async start(input: StartInput): Promise<Started> {
      await startTelemetry({ OTEL_SERVICE_NAME: input.service });
      log = await openEventLog(input.log, 'bench', createLogger({ level: 'silent' }));
      gate = new GatedLog(log);
      for (const topic of input.hold ?? []) gate.hold(topic);
      // A broker on a busy machine may take long to serve new topics.
      await retryTransient(() => log.ensureTopics(allTopics.map((topic) => topicSpec(topic))), topicsWithinMs);
      service = await startTestService(definitionOf(input.service), {
        clock: new SystemClock(), eventLog: gate.port, env: process.env, ...(input.databaseUrl === undefined ? {} : { databaseUrl: input.databaseUrl }),
      });
      return { url: service.running.url, databaseUrl: service.databaseUrl };
    },
    async writeKey(): Promise<string> {
      const answered = await service.request<{ writeKey: string }>('POST', '/api/v1/sources', { scopes: ['operate'], body: { type: 'segment', name: 'bench' } });
      return answered.body.writeKey;
    },
    hold: ({ topic }: { topic: string }) => gate.hold(topic),
    letGo: ({ topic }: { topic: string }) => gate.letGo(topic),
    progress: ({ topic }: { topic: string }) => gate.progress(topic),
    /** Lays up `count` records of the named stream and says what the stream holds by now. */
    async lay({ stream, options, count }: { stream: string; options: StreamOptions; count: number }) {
      let found = streams.get(stream);
      if (!found) streams.set(stream, (found = options.kind === 'telemetry' ? new TelemetryStream(options) : new SignalStream(options)));
      await found.append(log, count);
      return found.totals();
    },
    /** Lets the consumers of `topic` go until they have applied `count` records (`sent`: and what they publish is on the log too), then holds them again. */
    async drain({ topic, count, sent = false }: { topic: string; count: number; sent?: boolean }): Promise<Progress> {
      const start = performance.now();
      gate.letGo(topic);
      for (const end = performance.now() + giveUpMs; gate.progress(topic).records < count; await sleep(10)) {
        if (performance.now() > end) throw new Error(`only ${gate.progress(topic).records} of ${count} records of ${topic} were applied`);
      }
      gate.hold(topic);
      if (!sent) return gate.progress(topic);
      while ((await service.running.get(OutboxRelay).pending()) > 0) await sleep(5);
      return { records: gate.progress(topic).records, seconds: (performance.now() - start) / 1000 };
    },
    /** Publishes `perSecond` events for `forMs` and answers the time from each commit to its handler, ms. */
    hops: (input: HopInput) => hops(service, input),
    /** Waits until the outbox is empty and no consumer has lag. */
    settle: () => service.settle(giveUpMs),
    memory: () => {
      globalThis.gc?.();
      return process.memoryUsage();
    },
  },
  async () => {
    for (const line of statements().slice(0, 25)) console.error(`  ${line}`);
    await service?.stop();
    await log?.close();
  },
);
