import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const loader = fileURLToPath(new URL('../../libs/testing/jest/register-typescript.mjs', import.meta.url));
const answerWithinMs = 180_000;
const endWithinMs = 15_000;

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Folder for a CPU profile of the process; null for none. */
  readonly profileTo?: string | null;
}

/** A program of `bench/processes` in a process of its own, so that what is measured shares no event loop with what measures. */
export class Child {
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  private constructor(
    private readonly process: ChildProcess,
    private readonly program: string,
  ) {
    process.on('message', (answer: Answer) => this.answered(answer));
    process.on('exit', (code, signal) => {
      for (const { reject } of this.waiting.values()) reject(new Error(`${program} ended (${signal ?? code})`));
      this.waiting.clear();
    });
  }

  static start(program: string, { env = {}, profileTo = null }: ChildOptions = {}): Child {
    const profile = profileTo === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileTo}`, `--cpu-prof-name=${program}-${Date.now()}.cpuprofile`];
    const child = fork(fileURLToPath(new URL(`../processes/${program}.ts`, import.meta.url)), {
      execArgv: ['--import', loader, '--disable-warning=ExperimentalWarning', '--expose-gc', ...profile],
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    return new Child(child, program);
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** Runs a command of the program; throws what it threw. */
  async call<T = void>(command: string, input: object = {}): Promise<T> {
    const id = ++this.last;
    let timer: NodeJS.Timeout | undefined;
    try {
      return (await new Promise<unknown>((resolve, reject) => {
        this.waiting.set(id, { resolve, reject });
        timer = setTimeout(() => reject(new Error(`${this.program} did not answer ${command} within ${answerWithinMs / 1000} s`)), answerWithinMs);
        this.process.send({ id, command, input });
      })) as T;
    } finally {
      clearTimeout(timer);
      this.waiting.delete(id);
    }
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  /** Asks the program to end and waits; ends it where it does not. */
  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exit = once(this.process, 'exit');
    if (this.process.connected) this.process.disconnect();
    const late = setTimeout(() => this.kill(), endWithinMs);
    await exit;
    clearTimeout(late);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private answered({ id, result, error }: Answer): void {
    const waiting = this.waiting.get(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(`${this.program}: ${error}`));
  }
}
