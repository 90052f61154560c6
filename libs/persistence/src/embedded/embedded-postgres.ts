import { chownSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Fatal, Transient } from '../errors.js';
import { classified } from '../is-transient.js';
import { findBinaries, type Binaries } from './binaries.js';
import { DataFolder } from './data-folder.js';
import { closeBuiltinDatabases, ensureDatabases, socketUrl, type ServiceDatabase } from './databases.js';
import { createCluster, harden, superuser } from './first-start.js';
import { ServerProcess, stopLeftover, type ServerCommand } from './server-process.js';
import { serverUser, type ServerUser } from './server-user.js';
import { serverSettings } from './settings.js';

export interface EmbeddedPostgresOptions {
  /** A folder for this cluster alone; made when missing. */
  readonly dataDir: string;
  /** Made before the first start ends, which is quicker than afterwards. */
  readonly databases?: readonly ServiceDatabase[];
  /** Settings over the built-in ones. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The folder goes when the server stops, and also when this process is killed (tests). */
  readonly throwaway?: boolean;
  /** Called when the server ended by itself and could not be started again. */
  readonly onFailure?: (error: Error) => void;
}

/** sockaddr_un holds 107 bytes and a NUL. */
const socketPathBytes = 107;
/** After a crash the old server's shared memory and lock file are in the way until its last session noticed. */
const startMs = 30_000;
/** A server that keeps crashing is left down after this many restarts within `crashWindowMs`. */
const maxCrashes = 5;
const crashWindowMs = 60_000;
const maxLogBytes = 10_000_000;

/**
 * A real PostgreSQL for one machine, from the programs that npm installed, reachable through a unix socket
 * only. It ends with this process, however that ends, and comes back after a crash of its own.
 */
export class EmbeddedPostgres {
  private stopping = false;
  private heldDown = false;
  private restarting: Promise<void> | null = null;
  private crashes: number[] = [];

  private constructor(
    private readonly folder: DataFolder,
    private readonly command: ServerCommand,
    private readonly options: EmbeddedPostgresOptions,
    private server: ServerProcess,
    private readonly password: string,
  ) {
    this.watch();
  }

  /** Starts the cluster in `dataDir`, making it first if need be. Throws `Fatal` when the folder is not ours to use. */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const user = serverUser();
    const dataDir = resolve(options.dataDir);
    if (options.throwaway === true) giveAway(dataDir, user);
    const binaries = findBinaries(dataDir, user);
    const folder = DataFolder.claim(dataDir, user, binaries.major);
    try {
      return await EmbeddedPostgres.startIn(folder, binaries, user, options);
    } catch (error) {
      folder.release();
      throw error;
    }
  }

  private static async startIn(folder: DataFolder, binaries: Binaries, user: ServerUser | null, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    await stopLeftover(folder.pgdata());
    const isNew = !folder.isComplete();
    const password = isNew ? folder.begin() : folder.superuserPassword();
    if (isNew) await createCluster(binaries, folder.pgdata(), password, user);
    rotate(folder.log());
    const command: ServerCommand = {
      postgres: binaries.postgres, pgdata: folder.pgdata(), logFile: folder.log(), user,
      socketDir: socketFolder(folder.path, user),
      settings: { ...serverSettings, ...options.settings },
      removeWhenOrphaned: options.throwaway === true ? folder.path : null,
    };
    const postgres = new EmbeddedPostgres(folder, command, options, await startServer(command), password);
    try {
      if (isNew || options.databases !== undefined) {
        await postgres.asSuperuser(async (client) => {
          if (isNew) await closeBuiltinDatabases(client);
          await ensureDatabases(client, options.databases ?? []);
          if (isNew && options.throwaway !== true) await harden(client, binaries, folder.pgdata(), user);
        });
      }
      if (isNew) folder.complete();
      return postgres;
    } catch (error) {
      await postgres.stop();
      throw classified(error);
    }
  }

  /** One role and one database for each name; existing ones get the password given. */
  async ensureDatabases(databases: readonly ServiceDatabase[]): Promise<void> {
    await this.asSuperuser((client) => ensureDatabases(client, databases));
  }

  /** URL of a service's own database. */
  urlOf(name: string, password: string): string {
    return socketUrl(this.command.socketDir, name, password);
  }

  /** URL of the maintenance database for the superuser: for making and dropping databases. */
  adminUrl(): string {
    return socketUrl(this.command.socketDir, superuser, this.password, 'postgres');
  }

  /** Process number of the server now running. */
  pid(): number {
    return this.server.pid;
  }

  /** kill -9 of the server; it stays down until `revive`. For tests of what happens then. */
  async crash(): Promise<void> {
    this.heldDown = true;
    this.server.signal('SIGKILL');
    await this.server.ended();
  }

  /** Starts the server again after `crash`; resolves when it accepts connections. */
  async revive(): Promise<void> {
    this.heldDown = false;
    this.server = await startServer(this.command, () => this.stopping);
    this.watch();
  }

  /** Resolves when a server that crashed runs again. */
  async untilUp(): Promise<void> {
    await this.restarting;
  }

  /** Stops the server in order and gives the folder to the next process. */
  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    await this.restarting?.catch(() => undefined);
    await this.server.stop();
    if (this.command.socketDir !== join(this.folder.path, 'run')) rmSync(this.command.socketDir, { recursive: true, force: true });
    this.folder.release();
    if (this.options.throwaway === true) rmSync(this.folder.path, { recursive: true, force: true });
  }

  private watch(): void {
    this.server.onEnd(() => {
      if (this.stopping || this.heldDown) return;
      this.restarting = this.restart();
    });
  }

  private async restart(): Promise<void> {
    const now = Date.now();
    this.crashes = [...this.crashes.filter((at) => at > now - crashWindowMs), now];
    try {
      if (this.crashes.length > maxCrashes) throw new Fatal(`PostgreSQL crashed ${maxCrashes} times within a minute, see ${this.folder.log()}`);
      this.server = await startServer(this.command, () => this.stopping);
      this.watch();
      if (this.stopping) await this.server.stop();
    } catch (error) {
      if (!this.stopping) this.options.onFailure?.(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private async asSuperuser<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: this.adminUrl(), application_name: 'perennial' });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
}

/** Starts the server; repeats, for a bounded time and until it `isUnwanted`, while what a crash left behind is in the way. */
async function startServer(command: ServerCommand, isUnwanted = (): boolean => false): Promise<ServerProcess> {
  for (const deadline = Date.now() + startMs; ; ) {
    try {
      return await ServerProcess.start(command);
    } catch (error) {
      if (Date.now() > deadline || isUnwanted() || !(error instanceof Transient) || !/lock file .* already exists|shared memory block|already in use/.test(error.message)) throw error;
    }
    await sleep(100);
  }
}

/** Where the socket lies: in the data folder, or in a short new folder when that path is too long for a socket. */
function socketFolder(dataDir: string, user: ServerUser | null): string {
  const inside = join(dataDir, 'run');
  const short = Buffer.byteLength(join(inside, '.s.PGSQL.5432.lock')) > socketPathBytes;
  const folder = short ? mkdtempSync(join(tmpdir(), 'perennial-')) : inside;
  if (Buffer.byteLength(join(folder, '.s.PGSQL.5432')) > socketPathBytes) throw new Fatal(`${tmpdir()} is too long a path for a socket: set TMPDIR to a shorter one`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user !== null) chownSync(folder, user.uid, user.gid);
  return folder;
}

/** The watchdog, which runs as the server's user, must be able to remove all of a throwaway folder. */
function giveAway(dataDir: string, user: ServerUser | null): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  if (user !== null) chownSync(dataDir, user.uid, user.gid);
}

function rotate(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > maxLogBytes) renameSync(logFile, `${logFile}.1`);
}
