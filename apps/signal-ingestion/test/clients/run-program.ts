import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SetUp } from './set-up.js';

const folder = fileURLToPath(new URL('../..', import.meta.url));
const longestMs = 60_000;

/** Runs a program of Node or of the shell to its end; throws with what it said when it ends badly. */
export function runProgram({ id, runsIn, env = {} }: SetUp, code: string): Promise<void> {
  const [command, args] = runsIn === 'shell' ? ['bash', ['-c', code]] : [process.execPath, ['--input-type=module', '--eval', code]];
  return new Promise((resolve, reject) => {
    // Modules are found from the folder it runs in.
    execFile(command, args, { cwd: folder, timeout: longestMs, env: { ...process.env, NODE_OPTIONS: '', ...env } }, (error, _stdout, stderr) => {
      if (error) reject(new Error(`${id} ended with ${error.code ?? error.signal}: ${stderr.slice(0, 500)}`));
      else resolve();
    });
  });
}
