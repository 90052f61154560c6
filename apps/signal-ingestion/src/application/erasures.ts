import type { Transaction } from '@perennial/persistence/transaction';
import type { Traces } from '../domain/person-finder.js';

export interface Erasure {
  readonly id: string;
  /** `requested`: nobody hears of the person any more. `database_done`: what was stored is gone. `done`: the log too, as far as it can be. */
  readonly state: 'requested' | 'database_done' | 'done';
  /** Null once it is done. */
  readonly traces: Traces | null;
  readonly reason: string;
  readonly requestedAt: Date;
  readonly requestedBy: string;
  /** Whether the person was known under what was asked for; null: it was not noted then. */
  readonly known: boolean | null;
  readonly messages: number;
  readonly rejected: number;
  /** Those that are told again without the person. */
  readonly accountIds: readonly string[];
  /** Records taken out of the log; null: not yet, or the log cannot. */
  readonly logRecords: number | null;
  /** Records that hold the person as the newest state of something, e.g. a verdict that is about to be given anew. */
  readonly logLeft: number;
  readonly logLooks: number;
  /** Groups, e.g. `notifications.people`, that were behind when it was last asked how far everybody has read. */
  readonly waitsFor: readonly string[];
  /** When it goes on. */
  readonly nextAt: Date;
  /** When the last record about the person is gone by the log's retention; null: it is clean. */
  readonly logCleanAt: Date | null;
  readonly doneAt: Date | null;
}

/** Who was asked to be erased, and how far that is. */
export abstract class Erasures {
  abstract request(tx: Transaction, erasure: Erasure): Promise<void>;
  abstract find(id: string): Promise<Erasure | null>;
  abstract nextDueAt(): Promise<Date | null>;
  /** The first that is due, with a lease of half a minute (machine time) for whoever asked; null: none that no other one holds. */
  abstract claim(tx: Transaction, now: Date): Promise<{ readonly erasure: Erasure; readonly lease: string } | null>;
  /** Gives the lease back. False: it was over, somebody else took the erasure since, and nothing was saved. */
  abstract save(tx: Transaction, erasure: Erasure, lease: string): Promise<boolean>;
  /** Half a minute more from now on. */
  abstract renew(lease: string): Promise<void>;
  /** Gives the lease back where it still holds. */
  abstract release(lease: string): Promise<void>;
  /** Whether a file that came before waits for its import to end: it may be about the person, and goes with it. */
  abstract waitsForFiles(before: Date): Promise<boolean>;
  /** Whether anything about the person waits to be sent to the log, or one of the accounts to be told again. */
  abstract waitsForLog(traces: Traces, accountIds: readonly string[]): Promise<boolean>;
}
