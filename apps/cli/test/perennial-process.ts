import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';

const sources = pathToFileURL(join(import.meta.dirname, '../../../libs/testing/jest/register-typescript.mjs')).href;
const script = join(import.meta.dirname, 'run-perennial.ts');
const longestMs = 120_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `perennial ARGS` in a process of its own, from the sources; killed when it takes longer than two minutes. */
export class PerennialProcess {
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;
  private stdout = '';
  private stderr = '';

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', sources, script, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '', ...env } });
    this.child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    const timer = setTimeout(() => this.child.kill('SIGKILL'), longestMs);
    this.ended = once(this.child, 'close').then(([code]: (number | null)[]) => {
      clearTimeout(timer);
      return { code: code ?? null, stdout: this.stdout, stderr: this.stderr };
    });
  }

  /** The first line on stdout. */
  async firstLine(): Promise<string> {
    const line = once(createInterface({ input: this.child.stdout }), 'line') as Promise<[string]>;
    const early = this.ended.then(({ code, stderr }) => {
      throw new Error(`ended with ${code} before it said anything: ${stderr}`);
    });
    return (await Promise.race([line, early]))[0];
  }

  /** SIGTERM, as a service manager would. */
  stop(): Promise<Ended> {
    this.child.kill('SIGTERM');
    return this.ended;
  }
}

export const perennial = (...args: string[]): Promise<Ended> => new PerennialProcess(args).ended;
