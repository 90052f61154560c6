import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a finished first start lies, for this process and those that it starts. */
const variable = 'PERENNIAL_TEST_FIRST_START';

/** Before any instant that a test begins at: a data folder refuses a clock that is behind its own. */
const startedAt = '2020-01-01T00:00:00Z';

/**
 * Runs `perennial up` once on a new folder (cluster, databases, tables, keys) and ends it, so that others can
 * begin with a copy: most of a first start is the same each time. `cli` is the built command line.
 */
export async function makeFirstStart(cli: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'perennial-first-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const child = spawn(process.execPath, [cli, 'up', '--json', '--port', '0', '--data-dir', folder, '--test-clock', startedAt, '--log-level', 'error'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exit]);
  child.kill('SIGTERM');
  const [code] = (await exit) as [number | null];
  if (code !== 0) throw new Error(`perennial up ended with ${code} at its first start`);
  process.env[variable] = folder;
}

/** Fills the empty data folder with a copy of the first start; false where none was made. */
export function copyFirstStart(dataDir: string): boolean {
  const folder = process.env[variable];
  if (folder === undefined) return false;
  // Owners too: PostgreSQL runs as another user where this one is root.
  execFileSync('cp', ['-a', `${folder}/.`, dataDir]);
  return true;
}
