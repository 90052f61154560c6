import { mkdtempSync, readFileSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '@perennial/messaging/event-log';
import { PostgresEventLog } from '@perennial/messaging/postgres/postgres-event-log';
import { socketUrl } from '@perennial/persistence/embedded/databases';
import { copyFirstStart } from '@perennial/testing/first-start';
import { freePort } from '@perennial/testing/kafka-ports';
import { ServiceProcess } from './service-process.js';
import { ChaosSystem, type Credentials, type ServiceName, type SystemOptions } from './system.js';

const cli = join(import.meta.dirname, '../../apps/cli/bin/perennial.js');

/** `perennial up` on the log in Postgres: one process, and its own Postgres beside it. */
export class PostgresSystem extends ChaosSystem {
  readonly log = 'postgres';
  readonly processes: ReadonlyMap<string, ServiceProcess>;

  private constructor(
    private readonly dataDir: string,
    readonly url: string,
    private readonly perennial: ServiceProcess,
  ) {
    super();
    this.processes = new Map([[perennial.name, perennial]]);
  }

  static async start(options: SystemOptions = {}): Promise<PostgresSystem> {
    const dataDir = mkdtempSync(join(options.databasesIn ?? tmpdir(), 'perennial-chaos-'));
    // A small disk of a cell's own is not filled with a copy.
    if (!options.databasesIn) copyFirstStart(dataDir);
    chmodSync(dataDir, 0o711);
    const port = await freePort();
    const args = [cli, 'up', '--json', '--port', String(port), '--data-dir', dataDir, '--allow-private-webhooks', '--log-level', 'warn'];
    const system = new PostgresSystem(dataDir, `http://127.0.0.1:${port}`, new ServiceProcess('perennial', args, options.env ?? {}));
    await system.start('perennial');
    const ready = JSON.parse(await system.perennial.firstLine) as Credentials;
    const [source] = await system.rows<{ id: string }>('signal-ingestion', 'SELECT id FROM source');
    system.credentials = { apiKey: ready.apiKey, writeKey: ready.writeKey, sourceId: source!.id };
    return system;
  }

  get edgeUrl(): string {
    return this.url;
  }

  processOf(_service?: ServiceName | 'gateway'): ServiceProcess {
    return this.perennial;
  }

  async start(_name: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.perennial.startUntilReady(env);
  }

  databaseUrl(service: string): string {
    const secrets = JSON.parse(readFileSync(join(this.dataDir, 'secrets.json'), 'utf8')) as { databasePasswords: Record<string, string> };
    return socketUrl(join(this.dataDir, 'postgres/run'), service, secrets.databasePasswords[service] ?? '');
  }

  adminUrl(): string {
    return socketUrl(join(this.dataDir, 'postgres/run'), 'perennial', readFileSync(join(this.dataDir, 'postgres/superuser'), 'utf8').trim(), 'postgres');
  }

  postgresPid(): number {
    return Number(readFileSync(join(this.dataDir, 'postgres/pgdata/postmaster.pid'), 'utf8').split('\n')[0]);
  }

  openLog(): Promise<EventLog> {
    return PostgresEventLog.open({ url: this.databaseUrl('log') });
  }

  async replicaEnv(service: ServiceName): Promise<Record<string, string>> {
    const secrets = JSON.parse(readFileSync(join(this.dataDir, 'secrets.json'), 'utf8')) as { identityPublicKey: string };
    return {
      DATABASE_URL: this.databaseUrl(service), LOG_DATABASE_URL: this.databaseUrl('log'), IDENTITY_PUBLIC_KEY: secrets.identityPublicKey,
      HOST: '127.0.0.1', PORT: String(await freePort()), LOG_LEVEL: 'info', ALLOW_PRIVATE_WEBHOOKS: 'true',
    };
  }

  async stop(): Promise<void> {
    await this.closePools();
    this.perennial.signal('SIGCONT');
    if (this.perennial.running) await this.perennial.terminate(15_000);
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}
