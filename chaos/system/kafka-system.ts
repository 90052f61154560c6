import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { EventLog } from '@perennial/messaging/event-log';
import { KafkaEventLog } from '@perennial/messaging/kafka/kafka-event-log';
import { newIdentityKeys } from '@perennial/service-kit/identity-token';
import { findJava, kafkaJars } from '@perennial/testing/kafka-jars';
import { freePort } from '@perennial/testing/kafka-ports';
import { javaBroker } from '@perennial/testing/kafka-process';
import type { TestKafka } from '@perennial/testing/kafka';
import { OwnPostgres } from '@perennial/testing/postgres';
import { pino } from 'pino';
import { TcpProxy, throughProxy } from '../faults/tcp-proxy.js';
import { ServiceProcess } from './service-process.js';
import { ChaosSystem, services, type ServiceName, type SystemOptions } from './system.js';

const apps = join(import.meta.dirname, '../../apps');
const sourceSecretsKey = randomBytes(32).toString('base64url');
const admin = { email: 'admin@perennial.localhost', password: randomBytes(12).toString('base64url') };

/** One Postgres serves all cells that leave it standing; databases are new for each cell. */
let sharedPostgres: Promise<OwnPostgres> | null = null;

export async function stopSharedPostgres(): Promise<void> {
  const postgres = await sharedPostgres;
  sharedPostgres = null;
  await postgres?.stop();
}

interface Parts {
  readonly kafka: TestKafka;
  readonly brokers: string;
  readonly postgres: OwnPostgres;
  readonly ownPostgres: boolean;
  readonly databases: ReadonlyMap<string, string>;
  readonly direct: ReadonlyMap<string, string>;
  readonly identity: { readonly privateJwk: string; readonly publicJwk: string };
  readonly proxies: { readonly kafka: TcpProxy; readonly postgres: TcpProxy } | null;
}

/** The five services and the gateway as a process each, on a Kafka and databases of this cell alone. */
export class KafkaSystem extends ChaosSystem {
  readonly log = 'kafka';
  readonly processes = new Map<string, ServiceProcess>();
  private readonly ports = new Map<string, number>();

  private constructor(
    private readonly parts: Parts,
    private readonly env: Readonly<Record<string, string>>,
  ) {
    super();
  }

  static async start(options: SystemOptions = {}): Promise<KafkaSystem> {
    const java = await findJava(process.env);
    if ('missing' in java) throw new Error(`the cells on Kafka need Java 17: ${java.missing}`);
    const postgres = options.databasesIn ? OwnPostgres.start({}, options.databasesIn) : (sharedPostgres ??= OwnPostgres.start());
    const kafkaProxy = options.throughProxies ? await TcpProxy.start() : null;
    const [kafka, database] = await Promise.all([javaBroker(java.path, await kafkaJars(process.env), kafkaProxy?.port ?? null), postgres]);
    const proxies = kafkaProxy ? { kafka: kafkaProxy, postgres: await TcpProxy.start() } : null;
    proxies?.kafka.forwardTo({ host: '127.0.0.1', port: Number(kafka.brokers[0]!.split(':')[1]) });
    const direct = new Map<string, string>();
    for (const name of [...services, 'gateway']) direct.set(name, await database.emptyDatabase());
    const databases = new Map([...direct].map(([name, url]) => [name, proxies ? throughProxy(url, proxies.postgres) : url]));
    const parts: Parts = {
      kafka, postgres: database, ownPostgres: options.databasesIn !== undefined, databases, direct, proxies,
      brokers: kafkaProxy ? `127.0.0.1:${kafkaProxy.port}` : kafka.brokers.join(','),
      identity: await newIdentityKeys(),
    };
    const system = new KafkaSystem(parts, options.env ?? {});
    try {
      await system.startAll();
      await system.makeCredentials();
      return system;
    } catch (error) {
      await system.stop();
      throw error;
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.ports.get('gateway')}`;
  }

  get edgeUrl(): string {
    return `http://127.0.0.1:${this.ports.get('signal-ingestion')}`;
  }

  get kafka(): TestKafka {
    return this.parts.kafka;
  }

  get postgres(): OwnPostgres {
    return this.parts.postgres;
  }

  get proxies(): NonNullable<Parts['proxies']> {
    if (!this.parts.proxies) throw new Error('this system was started without proxies');
    return this.parts.proxies;
  }

  get brokers(): string[] {
    return [this.parts.brokers];
  }

  processOf(service: ServiceName | 'gateway'): ServiceProcess {
    return this.processes.get(service)!;
  }

  async start(name: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.processes.get(name)!.startUntilReady(env);
  }

  databaseUrl(service: string): string {
    return this.parts.direct.get(service)!;
  }

  adminUrl(): string {
    return this.parts.postgres.adminUrl;
  }

  postgresPid(): number {
    return this.parts.postgres.pid();
  }

  openLog(): Promise<EventLog> {
    return KafkaEventLog.connect({ brokers: this.brokers, clientId: 'chaos', logger: pino({ level: 'silent' }) });
  }

  async replicaEnv(service: ServiceName): Promise<Record<string, string>> {
    return { ...this.envOf(service), PORT: String(await freePort()) };
  }

  async stop(): Promise<void> {
    await this.closePools();
    for (const process of this.processes.values()) process.signal('SIGCONT');
    await Promise.all([...this.processes.values()].map((process) => process.kill()));
    await this.parts.kafka.resume();
    await this.parts.kafka.stop().catch(() => undefined);
    if (this.parts.ownPostgres) await this.parts.postgres.stop();
    else await Promise.all([...this.parts.direct.values()].map((url) => this.parts.postgres.drop(url)));
    await this.parts.proxies?.kafka.close();
    await this.parts.proxies?.postgres.close();
  }

  private async startAll(): Promise<void> {
    for (const name of [...services, 'gateway']) this.ports.set(name, await freePort());
    for (const name of services) this.processes.set(name, new ServiceProcess(name, [join(apps, name, 'dist/main.js')], this.envOf(name)));
    const backends = Object.fromEntries(services.map((name) => [`${name.toUpperCase().replaceAll('-', '_')}_URL`, `http://127.0.0.1:${this.ports.get(name)}`]));
    const gateway = { ...this.envOf('gateway'), ...backends, IDENTITY_PRIVATE_KEY: this.parts.identity.privateJwk, ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password };
    this.processes.set('gateway', new ServiceProcess('gateway', [join(apps, 'gateway/dist/main.js')], gateway));
    await Promise.all([...this.processes.values()].map((process) => process.startUntilReady()));
  }

  private envOf(name: string): Record<string, string> {
    return {
      DATABASE_URL: this.parts.databases.get(name)!, KAFKA_BROKERS: this.parts.brokers, IDENTITY_PUBLIC_KEY: this.parts.identity.publicJwk,
      SOURCE_SECRETS_KEY: sourceSecretsKey, HOST: '127.0.0.1', PORT: String(this.ports.get(name)), LOG_LEVEL: 'info', DATABASE_POOL_SIZE: '8',
      ALLOW_PRIVATE_WEBHOOKS: 'true', WEBHOOK_TIMEOUT_MS: '2000', TIMER_LEASE_SECONDS: '3', DUE_WORK_POLL_MS: '1000', ...this.env,
    };
  }

  /** As an admin does it after the first start: sign in, make a key, make a source. */
  private async makeCredentials(): Promise<void> {
    const json = { 'content-type': 'application/json' };
    const session = await fetch(`${this.url}/api/v1/session`, { method: 'POST', headers: json, body: JSON.stringify(admin) });
    if (!session.ok) throw new Error(`sign-in: ${session.status} ${await session.text()}`);
    const { csrfToken } = (await session.json()) as { csrfToken: string };
    const cookie = session.headers.get('set-cookie')!.split(';', 1)[0]!;
    const made = await fetch(`${this.url}/api/v1/api-keys`, { method: 'POST', headers: { ...json, cookie, 'x-csrf-token': csrfToken }, body: JSON.stringify({ name: 'chaos', scopes: ['admin'] }) });
    const { key } = (await made.json()) as { key: string };
    this.credentials = { apiKey: key, writeKey: '', sourceId: '' };
    const source = await this.must<{ id: string; writeKey: string }>('POST', '/api/v1/sources', { type: 'segment', name: 'chaos' });
    this.credentials = { apiKey: key, writeKey: source.writeKey, sourceId: source.id };
  }
}
