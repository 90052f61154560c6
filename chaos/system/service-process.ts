import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A line that the process logged with `alarm`: what an operator would be woken by. */
export interface Alarm {
  readonly alarm: string;
  readonly msg: string;
  readonly group?: string;
  readonly topic?: string;
  readonly partition?: number;
}

const keptLog = 40_000;
const startMs = 180_000;
const mostTries = 5;
/** Starts take half the time with it, and a cell is mostly starts. */
const compileCache = join(tmpdir(), 'perennial-chaos-compile-cache');

// Whatever ends the harness ends what it started.
const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) {
    child.kill('SIGCONT');
    child.kill('SIGKILL');
  }
});

/** One process of the system under test: started, killed, paused and listened to. */
export class ServiceProcess {
  private child: ChildProcess | null = null;
  private output = '';
  /** First line of standard output, when the process says one. */
  firstLine: Promise<string> = Promise.resolve('');
  readonly alarms: Alarm[] = [];

  constructor(
    readonly name: string,
    private readonly args: readonly string[],
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  start(more: Readonly<Record<string, string>> = {}): void {
    if (this.running) throw new Error(`${this.name} runs already`);
    const child = spawn(process.execPath, ['--max-semi-space-size=8', '--max-old-space-size=400', ...this.args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'], PERENNIAL_TEST: '1', NODE_COMPILE_CACHE: compileCache, ...this.env, ...more },
    });
    this.child = child;
    children.add(child);
    child.once('exit', () => children.delete(child));
    let rest = '';
    let first: (line: string) => void = () => undefined;
    this.firstLine = new Promise((resolve) => (first = resolve));
    const take = (chunk: Buffer): void => {
      const text = chunk.toString();
      this.output = (this.output + text).slice(-keptLog);
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.note(line, first);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
  }

  /**
   * Starts it and waits until it says that it is ready. One that gives up by itself, since its database or log is
   * away, is started again as its supervisor would.
   */
  async startUntilReady(more: Readonly<Record<string, string>> = {}): Promise<void> {
    for (let tries = 1; ; tries++) {
      this.start(more);
      const ended = this.endsWithin(startMs).then((didEnd) => (didEnd ? 'ended' : 'late'));
      const outcome = await Promise.race([this.firstLine.then(() => 'ready'), ended]);
      if (outcome === 'ready') return;
      if (outcome === 'late' || this.ended?.code !== 1 || tries === mostTries) {
        throw new Error(`${this.name} ${outcome === 'late' ? `is not ready after ${startMs / 1000} s` : `ended with ${this.ended?.code ?? this.ended?.signal}`}:\n${this.tail()}`);
      }
      await sleep(1_000);
    }
  }

  get running(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** How the last run ended; null while it runs. */
  get ended(): { code: number | null; signal: NodeJS.Signals | null } | null {
    return this.child === null || this.running ? null : { code: this.child.exitCode, signal: this.child.signalCode };
  }

  signal(name: NodeJS.Signals): void {
    if (this.running) this.child!.kill(name);
  }

  /** True when the process ended within `ms`. */
  async endsWithin(ms: number): Promise<boolean> {
    if (!this.running) return true;
    const stop = new AbortController();
    const ended = once(this.child!, 'exit').then(() => true);
    const late = sleep(ms, false, { signal: stop.signal }).catch(() => false);
    const inTime = await Promise.race([ended, late]);
    stop.abort();
    return inTime;
  }

  /** kill -9; resolves when it is gone. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    if (!(await this.endsWithin(10_000))) throw new Error(`${this.name} does not die`);
  }

  /** SIGTERM; answers how long it took, in ms, and the exit code (null: it had to be killed). */
  async terminate(withinMs = 30_000): Promise<{ ms: number; code: number | null }> {
    const startedAt = performance.now();
    this.signal('SIGTERM');
    const inTime = await this.endsWithin(withinMs);
    const ms = performance.now() - startedAt;
    if (!inTime) await this.kill();
    return { ms, code: inTime ? (this.ended?.code ?? null) : null };
  }

  /** The end of what it said. */
  tail(lines = 12): string {
    return this.output.trimEnd().split('\n').slice(-lines).map((line) => line.slice(0, 600)).join('\n');
  }

  /** All lines kept that match. */
  linesLike(pattern: RegExp): string[] {
    return this.output.split('\n').filter((line) => pattern.test(line));
  }

  private note(line: string, first: (line: string) => void): void {
    if (line.includes('"event":"ready"') || line.includes('"msg":"ready"')) first(line);
    if (!line.includes('"alarm"')) return;
    try {
      this.alarms.push(JSON.parse(line) as Alarm);
    } catch {
      // Half a line of a process that was killed.
    }
  }
}
