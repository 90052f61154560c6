import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { copyFirstStart } from '@perennial/testing/first-start';

const cli = join(import.meta.dirname, '../../cli/bin/perennial.js');
const day = 86_400_000;

export interface Ready {
  url: string;
  admin: { email: string; password: string };
  writeKey: string;
  apiKey: string;
}

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

type Json = Record<string, unknown>;

export interface SystemOptions {
  /** Brokers; null: the Postgres log. */
  readonly kafka: string | null;
  /** Where the test clock begins. */
  readonly now: string;
  /** More arguments and variables of the process. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A whole `perennial up` in a process and a folder of its own, on a test clock; talked to through HTTP only. */
export class System {
  private process: ChildProcessByStdio<null, Readable, Readable> | null = null;
  private log = '';
  ready!: Ready;

  private constructor(
    readonly dataDir: string,
    private readonly options: SystemOptions,
  ) {}

  static async start(options: SystemOptions): Promise<System> {
    const system = new System(mkdtempSync(join(tmpdir(), 'perennial-e2e-')), options);
    // What the first start said is in its log, which was not on these brokers.
    if (options.kafka === null) copyFirstStart(system.dataDir);
    await system.run(new Date(options.now));
    return system;
  }

  /** Starts the process on the same folder; `now` is where its clock begins. */
  async run(now: Date): Promise<void> {
    const { kafka, args: more = [], env = {} } = this.options;
    const args = ['up', '--json', '--port', '0', '--data-dir', this.dataDir, '--allow-private-webhooks', '--test-clock', now.toISOString(), ...(kafka ? ['--kafka', kafka] : []), ...more];
    const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.process = child;
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (this.log += chunk));
    const exited = once(child, 'exit').then(() => {
      throw new Error(`perennial up ended early:\n${this.log.slice(-20_000)}`);
    });
    exited.catch(() => undefined);
    const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
    const [text] = await Promise.race([line, exited]);
    this.ready = JSON.parse(text) as Ready;
  }

  /** Ends it without warning and starts it again on the same folder and instant. */
  async killAndRestart(): Promise<void> {
    const { now } = await this.get<{ now: string }>('/api/v1/test-clock');
    const child = this.process!;
    child.kill('SIGKILL');
    await once(child, 'exit');
    await this.run(new Date(now));
  }

  async stop(): Promise<void> {
    const child = this.process;
    if (child && child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await exit;
      clearTimeout(timer);
    }
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Runs another command of the command line against this system. */
  async perennial(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args, '--url', this.ready.url, '--api-key', this.ready.apiKey]);
    return stdout;
  }

  /** All that the process has said on stderr. */
  get logText(): string {
    return this.log;
  }

  async call<T = Json>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    const response = await fetch(this.ready.url + path, {
      method,
      headers: { authorization: `Bearer ${this.ready.apiKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? null : parse(text)) as T };
  }

  /** GET that must succeed. */
  async get<T = Json>(path: string): Promise<T> {
    const { status, body } = await this.call<T>('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Rows of a list. */
  async list<T = Json>(path: string): Promise<T[]> {
    return (await this.get<{ data: T[] }>(path)).data;
  }

  async post<T = Json>(path: string, body: unknown): Promise<T> {
    const answer = await this.call<T>('POST', path, body);
    if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Sends signals; all must be accepted. */
  async signals(signals: readonly Json[]): Promise<void> {
    for (let from = 0; from < signals.length; from += 1000) {
      const answer = await this.post<{ rejected: number; results: Json[] }>('/api/v1/signals', { signals: signals.slice(from, from + 1000) });
      if (answer.rejected > 0) throw new Error(`rejected: ${JSON.stringify(answer.results.find((result) => result['status'] === 'rejected'))}`);
    }
  }

  /** Moves the clock; answers when all that fell due has been worked off. */
  async clock(now: string | Date): Promise<void> {
    await this.post('/api/v1/test-clock', { now: new Date(now).toISOString() });
  }

  /** Waits until everything sent so far has had its effect: moves the clock by a second. */
  async settle(): Promise<void> {
    const { now } = await this.get<{ now: string }>('/api/v1/test-clock');
    await this.clock(new Date(Date.parse(now) + 1000));
  }

  async now(): Promise<Date> {
    return new Date((await this.get<{ now: string }>('/api/v1/test-clock')).now);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Asks until `probe` answers something, at most `ms`; the last words are for the failure. */
export async function until<T>(what: string, probe: () => Promise<T | null | undefined | false>, ms = 10_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await probe();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`within ${ms / 1000} s there was no ${what}`);
    await sleep(50);
  }
}

/** The instant `days` after `from` (an ISO day or instant), as RFC 3339. */
export function daysAfter(from: string | Date, days: number): string {
  return new Date(new Date(from).getTime() + days * day).toISOString();
}

/** The ISO day `days` after `from`. */
export function dayAfter(from: string | Date, days: number): string {
  return daysAfter(from, days).slice(0, 10);
}
