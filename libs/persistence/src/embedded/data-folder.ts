import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fatal } from '../errors.js';
import { processIdentity } from './process-identity.js';
import { isReachable, type ServerUser } from './server-user.js';

/** Layout of the folder; raise it when an older program must not touch what a newer one wrote. */
const layout = 1;

interface Marker {
  readonly layout: number;
  readonly postgres: number;
  /** `creating` until the first start ended: what is there then can be made anew. */
  readonly state: 'creating' | 'complete';
}

/**
 * The folder of one embedded cluster: `cluster.json` (marker), `owner.json` (the process that uses it),
 * `superuser` (password), `pgdata` (PostgreSQL's own), `run` (socket), `postgres.log`. Nothing in it is
 * removed that was not made by this class.
 */
export class DataFolder {
  private constructor(
    readonly path: string,
    private readonly user: ServerUser | null,
    private readonly major: number,
  ) {}

  readonly pgdata = (): string => join(this.path, 'pgdata');
  readonly log = (): string => join(this.path, 'postgres.log');

  /** Makes the folder or checks what is there, and takes it for this process. Throws `Fatal` when it is somebody else's. */
  static claim(path: string, user: ServerUser | null, major: number): DataFolder {
    const folder = new DataFolder(path, user, major);
    const marker = folder.marker();
    if (marker === null && existsSync(path) && readdirSync(path).some((name) => !name.startsWith('owner.') && !name.startsWith('postgres-'))) {
      throw new Fatal(`${path} is not empty and holds no Perennial data: choose another --data-dir`);
    }
    if (marker !== null && (marker.layout > layout || marker.postgres > major)) {
      throw new Fatal(`${path} was written by a newer version (layout ${marker.layout}, PostgreSQL ${marker.postgres}): start it with that version, or choose another --data-dir`);
    }
    if (marker !== null && marker.postgres < major) {
      throw new Fatal(`${path} holds data of PostgreSQL ${marker.postgres}, this version brings ${major}: start it with the version that made it, or choose another --data-dir`);
    }
    // Others may pass through, as the server's user must, but not list it.
    mkdirSync(path, { recursive: true, mode: 0o711 });
    if (user !== null && !isReachable(path, user)) {
      throw new Fatal(`the system user ${user.name}, which PostgreSQL runs as, cannot enter ${path}: choose another --data-dir, or allow others to pass through the folders above it (chmod o+x)`);
    }
    folder.lock();
    return folder;
  }

  /** True when the first start ended. */
  isComplete(): boolean {
    return this.marker()?.state === 'complete';
  }

  /** Begins a first start: what an interrupted one left is removed. Returns the superuser's new password. */
  begin(): string {
    this.writeDurably('cluster.json', JSON.stringify({ layout, postgres: this.major, state: 'creating' } satisfies Marker));
    rmSync(this.pgdata(), { recursive: true, force: true });
    mkdirSync(this.pgdata(), { mode: 0o700 });
    if (this.user !== null) chownSync(this.pgdata(), this.user.uid, this.user.gid);
    const password = randomBytes(24).toString('base64url');
    this.writeDurably('superuser', password);
    return password;
  }

  complete(): void {
    this.writeDurably('cluster.json', JSON.stringify({ layout, postgres: this.major, state: 'complete' } satisfies Marker));
  }

  superuserPassword(): string {
    return readFileSync(join(this.path, 'superuser'), 'utf8').trim();
  }

  /** Gives the folder to the next process. */
  release(): void {
    if (this.owner()?.identity === processIdentity(process.pid)) rmSync(this.ownerFile(), { force: true });
  }

  private marker(): Marker | null {
    try {
      return JSON.parse(readFileSync(join(this.path, 'cluster.json'), 'utf8')) as Marker;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw new Fatal(`${join(this.path, 'cluster.json')} cannot be read: choose another --data-dir`, { cause: error });
    }
  }

  private readonly ownerFile = (): string => join(this.path, 'owner.json');

  private owner(): { pid: number; identity: string } | null {
    try {
      return JSON.parse(readFileSync(this.ownerFile(), 'utf8')) as { pid: number; identity: string };
    } catch {
      return null;
    }
  }

  private lock(): void {
    // Linked into place, so that nobody ever reads half of it.
    const mine = join(this.path, `owner.${process.pid}.part`);
    writeFileSync(mine, JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) }));
    try {
      this.takeOwnership(mine);
    } finally {
      rmSync(mine, { force: true });
    }
  }

  private takeOwnership(mine: string): void {
    for (let attempt = 0; attempt < 10; attempt++) {
      try {
        linkSync(mine, this.ownerFile());
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const owner = this.owner();
      if (owner !== null && processIdentity(owner.pid) === owner.identity) {
        throw new Fatal(`data folder ${this.path} is in use by process ${owner.pid}: stop it or choose another --data-dir`);
      }
      // Of several processes that find a dead owner only one can move its file away.
      const stale = join(this.path, `owner.${process.pid}.stale`);
      try {
        renameSync(this.ownerFile(), stale);
      } catch {
        continue;
      }
      rmSync(stale, { force: true });
    }
    throw new Fatal(`data folder ${this.path} could not be locked: another process keeps taking it`);
  }

  private writeDurably(name: string, text: string): void {
    const file = join(this.path, name);
    const part = `${file}.part`;
    const fd = openSync(part, 'w', 0o600);
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(part, file);
    const folder = openSync(this.path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }
}
