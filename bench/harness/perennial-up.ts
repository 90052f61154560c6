import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { socketUrl } from '@perennial/persistence/embedded/databases';

const root = fileURLToPath(new URL('../..', import.meta.url));
const endWithinMs = 20_000;

export interface Ready {
  readonly url: string;
  readonly writeKey: string;
  readonly apiKey: string;
}

/** `perennial up` as people run it: everything in one process, with the flags of the npm script, on real time. */
export class PerennialUp {
  private process: ChildProcessByStdio<null, Readable, Readable> | null = null;
  private log = '';
  ready!: Ready;

  private constructor(
    readonly dataDir: string,
    private readonly brokers: readonly string[] | null,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** On a new folder, which goes with it. */
  static on(brokers: readonly string[] | null, env: Readonly<Record<string, string>>): PerennialUp {
    return new PerennialUp(mkdtempSync(join(tmpdir(), 'perennial-bench-')), brokers, env);
  }

  /** Resolves when it says that it is ready; seconds it took. */
  async start(): Promise<number> {
    const [, variables = '', flags = ''] = /env (.*) node (--.*) apps\/cli\/bin\/perennial\.js"/.exec(readFileSync(join(root, 'package.json'), 'utf8')) ?? [];
    const env: NodeJS.ProcessEnv = { ...process.env, ...Object.fromEntries(variables.split(' ').map((each) => each.split('=', 2) as [string, string])), ...this.env };
    const args = ['up', '--json', '--port', '0', '--data-dir', this.dataDir, '--allow-private-webhooks', '--log-level', 'error', ...(this.brokers ? ['--kafka', this.brokers.join(',')] : [])];
    const start = performance.now();
    const child = spawn(process.execPath, [...flags.split(' '), join(root, 'apps/cli/bin/perennial.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
    this.process = child;
    child.stderr.on('data', (chunk: Buffer) => (this.log = (this.log + chunk.toString()).slice(-20_000)));
    const ended = once(child, 'exit').then(() => {
      throw new Error(`perennial up ended early:\n${this.log}`);
    });
    ended.catch(() => undefined);
    const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>, ended]);
    this.ready = JSON.parse(line) as Ready;
    return (performance.now() - start) / 1000;
  }

  get pid(): number {
    return this.process?.pid ?? 0;
  }

  /** Calls the API with the key of the first start; throws where it is refused. */
  async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(this.ready.url + path, {
      method,
      headers: { authorization: `Bearer ${this.ready.apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  /** Address of a service's own database. */
  databaseUrl(service: string): string {
    const { databasePasswords } = JSON.parse(readFileSync(join(this.dataDir, 'secrets.json'), 'utf8')) as { databasePasswords: Record<string, string> };
    const socketFolder = readFileSync(join(this.dataDir, 'postgres/pgdata/postmaster.pid'), 'utf8').split('\n')[4] ?? '';
    return socketUrl(socketFolder, service, databasePasswords[service] ?? '');
  }

  async stop(): Promise<void> {
    const child = this.process;
    this.process = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), endWithinMs);
    await exit;
    clearTimeout(late);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    // Its server may take a moment longer to go.
    await sleep(200);
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}
