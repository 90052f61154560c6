import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Transient } from '../errors.js';
import { commandLine, isAlive } from './process-identity.js';
import type { ServerUser } from './server-user.js';

export interface ServerCommand {
  readonly postgres: string;
  readonly pgdata: string;
  readonly socketDir: string;
  readonly logFile: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly user: ServerUser | null;
  /** Removed by the watchdog after the server stopped because we died. */
  readonly removeWhenOrphaned: string | null;
}

/**
 * Stops the server when this process dies in whatever way: the pipe to its standard input closes then.
 * $1 server, $2 folder to remove.
 */
const watchdogScript = `
while read -r _; do :; done
kill -INT "$1" 2>/dev/null
tries=0
while kill -0 "$1" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
kill -QUIT "$1" 2>/dev/null
if [ -n "$2" ]; then sleep 0.2; rm -rf -- "$2"; fi
`;

const readyMs = 60_000;
const stopMs = 10_000;

/** One run of the PostgreSQL server, with its watchdog. */
export class ServerProcess {
  private constructor(
    readonly pid: number,
    private readonly child: ChildProcess,
    private readonly watchdog: ChildProcess,
  ) {}

  /** Resolves when connections are accepted; throws `Transient` with the end of the log when the server gave up. */
  static async start(command: ServerCommand): Promise<ServerProcess> {
    const log = openSync(command.logFile, 'a', 0o600);
    const saidBefore = fstatSync(log).size;
    const options = Object.entries({ ...command.settings, unix_socket_directories: command.socketDir }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    // Detached: a Ctrl-C in the terminal reaches us alone, and we stop the server when our work is done.
    const credentials = command.user === null ? {} : { uid: command.user.uid, gid: command.user.gid };
    const child = spawn(command.postgres, ['-D', command.pgdata, ...options], {
      detached: true, stdio: ['ignore', log, log], cwd: command.pgdata, env: serverEnvironment(), ...credentials,
    });
    closeSync(log);
    child.unref();
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    const watchdog = spawn('/bin/sh', ['-c', watchdogScript, 'perennial-watchdog', String(pid), command.removeWhenOrphaned ?? ''], {
      detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/', env: serverEnvironment(), ...credentials,
    });
    watchdog.on('error', () => undefined);
    watchdog.stdin?.on('error', () => undefined);
    watchdog.unref();
    (watchdog.stdin as unknown as { unref(): void } | null)?.unref();
    const server = new ServerProcess(pid, child, watchdog);
    await server.untilReady(command, saidBefore);
    return server;
  }

  /** Resolves when the server has ended. */
  async ended(): Promise<void> {
    if (this.hasEnded()) return;
    // Referenced again: whoever waits for the end keeps the process alive for it.
    this.child.ref();
    await once(this.child, 'exit');
  }

  /** Calls back when the server ends, without keeping this process alive. */
  onEnd(listener: () => void): void {
    if (this.hasEnded()) listener();
    else this.child.once('exit', listener);
  }

  /** Orderly: running transactions are rolled back, a checkpoint is written; if that takes too long, without it. */
  async stop(): Promise<void> {
    this.signal('SIGINT');
    const inTime = await Promise.race([this.ended().then(() => true), sleep(stopMs, false, { ref: false })]);
    if (!inTime) {
      this.signal('SIGQUIT');
      await this.ended();
    }
  }

  signal(name: NodeJS.Signals): void {
    if (!this.hasEnded()) this.child.kill(name);
  }

  private hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async untilReady(command: ServerCommand, saidBefore: number): Promise<void> {
    this.onEnd(() => this.watchdog.kill('SIGKILL'));
    const deadline = Date.now() + readyMs;
    while (!this.hasEnded()) {
      if (isReady(command.pgdata, this.pid)) return;
      if (Date.now() > deadline) {
        this.signal('SIGQUIT');
        await this.ended();
      } else await sleep(5);
    }
    throw new Transient(`PostgreSQL did not start: ${lastLines(command.logFile, saidBefore, this.pid)}`);
  }
}

/** Nothing of our own environment (PGDATA, locale, preloads) may change how the server behaves. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C', LC_ALL: 'C', TZ: 'UTC' };
}

/** postmaster.pid: the first line is the process, the eighth its state (PostgreSQL source, miscadmin.h). */
function isReady(pgdata: string, pid: number): boolean {
  const lines = pidFile(pgdata);
  return lines[0]?.trim() === String(pid) && lines[7]?.trim() === 'ready';
}

function pidFile(pgdata: string): string[] {
  try {
    return readFileSync(join(pgdata, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** Waits for, and if need be stops, a server that an earlier process left running on this data. */
export async function stopLeftover(pgdata: string): Promise<void> {
  const pid = Number(pidFile(pgdata)[0]);
  const runs = (): boolean => Number.isInteger(pid) && pid > 1 && isAlive(pid) && commandLine(pid).includes(pgdata);
  if (!runs()) return;
  // Its watchdog is most likely doing the same; the second request changes nothing.
  for (const [signal, waitMs] of [['SIGINT', stopMs], ['SIGQUIT', stopMs], ['SIGKILL', stopMs]] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (const deadline = Date.now() + waitMs; Date.now() < deadline; await sleep(10)) if (!runs()) return;
  }
  throw new Transient(`a PostgreSQL of an earlier run (process ${pid}) still uses ${pgdata}`);
}

/**
 * The last that process `pid` said in the server's log behind byte `from`, for error messages. The dozens of sessions that a crash
 * orphaned write into the same log while the next server starts.
 */
function lastLines(logFile: string, from: number, pid: number): string {
  try {
    const lines = readFileSync(logFile).subarray(from).toString('utf8').trimEnd().split('\n');
    const own = lines.filter((line) => line.includes(`[${pid}]`));
    return (own.length > 0 ? own : lines).slice(-5).join(' | ');
  } catch {
    return 'no log';
  }
}
