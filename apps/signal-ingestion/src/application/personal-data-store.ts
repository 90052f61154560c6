import type { Sql, Transaction } from '@perennial/persistence/transaction';
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
  readonly messages: number;
  readonly rejected: number;
  /** Those that are told again without the person. */
  readonly accountIds: readonly string[];
  /** Records taken out of the log; null: not yet, or the log cannot. */
  readonly logRecords: number | null;
  /** Records that hold the person as the newest state of something, e.g. a verdict that is about to be given anew. */
  readonly logLeft: number;
  readonly logLooks: number;
  /** When it goes on. */
  readonly nextAt: Date;
  /** When the last record about the person is gone by the log's retention; null: it is clean. */
  readonly logCleanAt: Date | null;
  readonly doneAt: Date | null;
}

/** One row of an export; `kind` says of what. */
export interface ExportedRow {
  readonly kind: 'identity' | 'contact' | 'account' | 'signal' | 'rejected' | 'merge' | 'name';
  readonly row: unknown;
}

/** What was taken away, and which accounts are to be told again. */
export interface Erased {
  readonly messages: number;
  readonly rejected: number;
  readonly accountIds: readonly string[];
}

/** All that this service holds on one person, wherever it lies. */
export abstract class PersonalDataStore {
  /** Every key and address of the person, under any id of theirs. */
  abstract traces(sql: Sql | null, personId: string): Promise<Traces>;
  abstract exported(traces: Traces): AsyncIterable<ExportedRow>;
  /** Takes all of it away; again changes nothing. */
  abstract erase(tx: Transaction, traces: Traces, at: Date): Promise<Erased>;
  /** Takes them out of what others wrote about these accounts in words; again changes nothing. */
  abstract eraseWords(tx: Transaction, traces: Traces, accountIds: readonly string[]): Promise<void>;
  /** Whether a file that came before waits for its import to end: it may be about the person, and goes with it. */
  abstract waitsForFiles(before: Date): Promise<boolean>;
  /** Whether anything about the person waits to be sent to the log, or one of the accounts to be told again. */
  abstract waitsForLog(traces: Traces, accountIds: readonly string[]): Promise<boolean>;

  abstract request(tx: Transaction, erasure: Erasure): Promise<void>;
  abstract find(id: string): Promise<Erasure | null>;
  abstract nextDueAt(): Promise<Date | null>;
  /** The first that is due, for this transaction alone; null: none that no other one holds. */
  abstract claim(tx: Transaction, now: Date): Promise<Erasure | null>;
  abstract save(tx: Transaction, erasure: Erasure): Promise<void>;
}
