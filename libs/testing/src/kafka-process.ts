import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { answers, freePort, waitForPort } from './kafka-ports.js';
import { testBrokerSettings } from './kafka-settings.js';
import type { TestKafka } from './kafka.js';

const run = promisify(execFile);
const startTimeoutMs = 60_000;

/** What another test file of the same process needs to use and control the running broker. */
interface BrokerNote {
  readonly pid: number;
  readonly port: number;
  readonly data: string;
}

// Test files of one process have module registries of their own, so the note is kept in a file.
const noteFile = join(tmpdir(), `perennial-kafka-${process.pid}.json`);

/** The broker of this process: started on first use, on free ports, with its data in a temporary folder. */
export async function javaBroker(java: string, jars: string, advertisedPort: number | null = null): Promise<TestKafka> {
  const running = await readNote();
  if (running && (await answers(running.port))) return control(java, jars, running);
  for (let attempt = 1; ; attempt++) {
    const data = await mkdtemp(join(tmpdir(), `perennial-kafka-${process.pid}-`));
    try {
      const port = await freePort();
      await format(java, jars, data, { port, controllerPort: await freePort(), advertisedPort: advertisedPort ?? port });
      return control(java, jars, await launch(java, jars, data, port));
    } catch (error) {
      // Another process may have taken the port in between.
      await rm(data, { recursive: true, force: true });
      if (attempt === 3) throw error;
    }
  }
}

function control(java: string, jars: string, first: BrokerNote): TestKafka {
  const current = async () => (await readNote()) ?? first;
  const kill = async () => {
    const { pid, port } = await current();
    signal(pid, 'SIGKILL');
    if (!(await waitForPort(port, false, 10_000))) throw new Error(`the broker on port ${port} does not die`);
  };
  return {
    brokers: [`127.0.0.1:${first.port}`],
    origin: 'java',
    controllable: true,
    kill,
    pause: async () => signal((await current()).pid, 'SIGSTOP'),
    resume: async () => signal((await current()).pid, 'SIGCONT'),
    shutDown: async () => {
      const { pid, port } = await current();
      signal(pid, 'SIGTERM');
      if (!(await waitForPort(port, false, startTimeoutMs))) throw new Error(`the broker on port ${port} does not stop`);
    },
    restart: async () => {
      if (await answers(first.port)) await kill();
      await launch(java, jars, first.data, first.port);
    },
    stop: async () => {
      await kill();
      await rm(noteFile, { force: true });
      await rm(first.data, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface BrokerPorts {
  readonly port: number;
  readonly controllerPort: number;
  /** The one clients are told: of a proxy that stands in between. */
  readonly advertisedPort: number;
}

async function format(java: string, jars: string, data: string, ports: BrokerPorts): Promise<void> {
  await mkdir(join(data, 'log'));
  await writeFile(join(data, 'server.properties'), properties(data, ports));
  const clusterId = randomBytes(16).toString('base64url');
  const args = ['-cp', join(jars, '*'), 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', join(data, 'server.properties')];
  await run(java, ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', ...args], { timeout: startTimeoutMs });
}

/**
 * Starts the broker under a shell that holds a pipe to this process: when this process ends in any way the
 * pipe closes, and the shell kills the broker and removes its data.
 */
async function launch(java: string, jars: string, data: string, port: number): Promise<BrokerNote> {
  const script = 'log=$1; data=$2; note=$3; shift 3; "$@" >>"$log" 2>&1 </dev/null & broker=$!; echo $broker; read -r _; kill -9 $broker; rm -rf "$data" "$note"';
  const heap = ['-Xms96m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const command = [java, ...heap, '-cp', join(jars, '*'), 'kafka.Kafka', join(data, 'server.properties')];
  const logFile = join(data, 'broker.log');
  const shell = spawn('sh', ['-c', script, 'perennial-kafka', logFile, data, noteFile, ...command], { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  const pid = await firstLine(shell);
  letGo(shell);
  let alive = true;
  const stillHope = () => alive && (alive = isRunning(pid));
  if (!(await waitForPort(port, true, startTimeoutMs, stillHope))) {
    signal(pid, 'SIGKILL');
    const tail = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-3).join(' | ');
    throw new Error(`the broker does not answer on port ${port}: ${tail || 'it said nothing'}`);
  }
  const note: BrokerNote = { pid, port, data };
  await writeFile(noteFile, JSON.stringify(note));
  return note;
}

async function firstLine(shell: ChildProcess): Promise<number> {
  const line = await new Promise<string>((resolve, reject) => {
    shell.once('error', reject);
    shell.stdout!.once('data', (data: Buffer) => resolve(data.toString()));
  });
  return Number(line.trim());
}

/** The pipe stays open for as long as this process lives, without keeping it alive. */
function letGo(shell: ChildProcess): void {
  shell.unref();
  for (const stream of [shell.stdin, shell.stdout]) (stream as unknown as { unref(): void }).unref();
  shell.stdin!.on('error', () => undefined);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function readNote(): Promise<BrokerNote | null> {
  try {
    return JSON.parse(await readFile(noteFile, 'utf8')) as BrokerNote;
  } catch {
    return null;
  }
}

/** One node in KRaft mode. Housekeeping runs often, so that retention and compaction can be seen in a test. */
function properties(data: string, { port, controllerPort, advertisedPort }: BrokerPorts): string {
  return Object.entries({
    ...testBrokerSettings,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'listeners': `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertisedPort}`,
    'log.dirs': join(data, 'log'),
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
