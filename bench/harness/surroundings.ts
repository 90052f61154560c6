import type { EventLog } from '@perennial/messaging/event-log';
import { createLogger } from '@perennial/service-kit/logging';
import { openEventLog } from '@perennial/service-kit/open-event-log';
import type { LogSettings } from '@perennial/service-kit/settings';
import { testKafka, type TestKafka } from '@perennial/testing/kafka';
import { OwnPostgres, testPostgresVariable } from '@perennial/testing/postgres';
import type { BenchOptions, LogKind } from '../options.js';
import { Child } from './child.js';
import { postmasterOf } from './processes.js';

/** As docker-compose.yml runs it: every commit durable, memory for some hundred thousand accounts. */
const durable = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on', shared_buffers: '512MB', max_wal_size: '4GB', checkpoint_timeout: '15min', log_checkpoints: 'off' };

/** As the image of a service sets it (ADR 22). */
const imageEnvironment = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '8388608' };

/** A fresh Postgres and broker for one group of rows, and the processes measured against them. */
export class Surroundings {
  private readonly children: Child[] = [];

  private constructor(
    readonly kind: LogKind,
    readonly options: BenchOptions,
    readonly postgres: OwnPostgres,
    private readonly broker: TestKafka | null,
  ) {}

  /** `withKafka`: a broker for baselines, whatever the log under test is. Where none can be had those rows are left out. */
  static async start(kind: LogKind, options: BenchOptions, withKafka: boolean): Promise<Surroundings> {
    const [postgres, kafka] = await Promise.all([OwnPostgres.start(durable), withKafka || kind === 'kafka' ? freshBroker() : null]);
    if (kafka !== null && 'unavailable' in kafka) {
      await postgres.stop();
      throw new Error(`no Kafka: ${kafka.unavailable}`);
    }
    return new Surroundings(kind, options, postgres, kafka);
  }

  /** The server process, for its CPU time and memory. */
  postmaster(): Promise<number> {
    return postmasterOf(this.postgres.adminUrl);
  }

  get brokers(): readonly string[] {
    if (!this.broker) throw new Error('these surroundings have no broker');
    return this.broker.brokers;
  }

  /** Settings of the log under test: the broker, or a database of its own. */
  async newLog(): Promise<LogSettings> {
    return this.kind === 'kafka' ? { kind: 'kafka', brokers: this.brokers } : { kind: 'postgres', url: await this.postgres.emptyDatabase() };
  }

  open(settings: LogSettings): Promise<EventLog> {
    return openEventLog(settings, 'bench', createLogger({ level: 'silent' }));
  }

  /** Starts a program of `bench/processes`; it ends with these surroundings at the latest. */
  child(program: string, measured = true): Child {
    const env = { [testPostgresVariable]: this.postgres.adminUrl, TEST_LOG_LEVEL: 'silent', INGEST_REQUESTS_PER_SECOND: '10000000', ...imageEnvironment, BENCH_PROFILE: String(this.options.profile), ...this.options.env };
    const child = Child.start(program, { env, profileTo: measured && this.options.profile ? this.options.out : null });
    this.children.push(child);
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.children.map((child) => child.stop()));
    await this.broker?.stop();
    await this.postgres.stop();
  }
}

/** Of our own: a broker that others use too would be measured with their load. */
function freshBroker(): ReturnType<typeof testKafka> {
  return testKafka({ ...process.env, KAFKA_BROKERS: '' });
}
