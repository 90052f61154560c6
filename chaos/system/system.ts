import type { EventLog } from '@perennial/messaging/event-log';
import pg from 'pg';
import type { Alarm, ServiceProcess } from './service-process.js';

export const services = ['signal-ingestion', 'health-scoring', 'renewal-forecasting', 'playbook-orchestration', 'notifications'] as const;
export type ServiceName = (typeof services)[number];
export type LogKind = 'kafka' | 'postgres';

export interface Credentials {
  readonly apiKey: string;
  readonly writeKey: string;
  /** Id of the source that the write key belongs to. */
  readonly sourceId: string;
}

/** What a cell may ask of the system it is given. */
export interface SystemOptions {
  /** More variables for every process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folder below which the databases lie; default the system's temporary folder. */
  readonly databasesIn?: string;
  /** Talk to Kafka and to Postgres through these proxies' addresses (Kafka only). */
  readonly throughProxies?: boolean;
}

/** A running system: its processes, its databases and its log, whatever log it runs on. */
export abstract class ChaosSystem {
  abstract readonly log: LogKind;
  abstract readonly processes: ReadonlyMap<string, ServiceProcess>;
  /** The one origin. */
  abstract readonly url: string;
  /** Where vendors' clients send to. */
  abstract readonly edgeUrl: string;
  credentials!: Credentials;
  private readonly pools = new Map<string, pg.Pool>();

  /** The process a service runs in. */
  abstract processOf(service: ServiceName | 'gateway'): ServiceProcess;
  /** Starts a process and waits until it says that it is ready. */
  abstract start(name: string, env?: Readonly<Record<string, string>>): Promise<void>;
  abstract databaseUrl(service: string): string;
  abstract openLog(): Promise<EventLog>;
  /** Settings with which one more replica of a service can be run beside the system. */
  abstract replicaEnv(service: ServiceName): Promise<Record<string, string>>;
  /** The superuser's URL of the databases. */
  abstract adminUrl(): string;
  /** Process id of the database server. */
  abstract postgresPid(): number;
  abstract stop(): Promise<void>;

  /** Rows of a statement in a service's database, on a connection of the harness; a broken one is made anew. */
  async rows<T = Record<string, unknown>>(service: string, text: string, values: readonly unknown[] = []): Promise<T[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.pool(service).query(text, [...values])).rows as T[];
      } catch (error) {
        if (attempt === 3) throw error;
      }
    }
  }

  private pool(service: string): pg.Pool {
    let pool = this.pools.get(service);
    if (!pool) {
      pool = new pg.Pool({ connectionString: this.databaseUrl(service), application_name: 'chaos', max: 2, idleTimeoutMillis: 2_000, connectionTimeoutMillis: 10_000 });
      pool.on('error', () => undefined);
      this.pools.set(service, pool);
    }
    return pool;
  }

  /** A connection of its own, as the service's role. */
  async connect(service: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.databaseUrl(service), application_name: 'chaos' });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async asAdmin(text: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.adminUrl() });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  }

  protected async closePools(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.end().catch(() => undefined)));
    this.pools.clear();
  }

  /** Calls the API with the admin's key. */
  async call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${this.credentials.apiKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T };
  }

  /** The same; throws unless it was answered 2xx. */
  async must<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Everything that was logged as an alarm, by all processes. */
  alarms(): Alarm[] {
    return [...this.processes.values()].flatMap((process) => process.alarms);
  }
}
