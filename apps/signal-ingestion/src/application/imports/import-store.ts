import type { Transaction } from '@perennial/persistence/transaction';
import type { ItemFault } from '../../domain/item-fault.js';
import type { ImportOptions, ImportPlan } from '../../domain/imports/import-plan.js';
import type { FileShape } from '../../files/read-file.js';

/**
 * `uploading`: its file comes. `waiting`: for its turn. `running`: its rows are read. `ending`: the accounts it
 * touched are let go.
 */
export type ImportState = 'uploading' | 'waiting' | 'running' | 'ending' | ImportOutcome;
export type ImportOutcome = 'done' | 'failed' | 'cancelled';

/** What became of rows; a row may tell of several signals. */
export interface RowCounts {
  readonly read: number;
  readonly taken: number;
  /** Nothing in them was new. */
  readonly repeated: number;
  readonly rejected: number;
  readonly signals: number;
  /** Signals of people nobody knows an account of. */
  readonly waiting: number;
}

export interface Import {
  readonly id: string;
  readonly fileName: string | null;
  readonly options: ImportOptions;
  readonly dryRun: boolean;
  readonly state: ImportState;
  readonly outcome: ImportOutcome | null;
  readonly failure: ItemFault | null;
  /** Hex; as the sender said, else from when it was read. */
  readonly sha256: string | null;
  readonly receivedBytes: number;
  readonly shape: FileShape | null;
  readonly plan: ImportPlan | null;
  /** What rows without a time of their own are known within; see `withId`. */
  readonly seed: string | null;
  /** The last row whose effect is stored, and about how far into the file it is. */
  readonly atRow: number;
  readonly atByte: number;
  readonly counts: RowCounts;
  readonly accounts: number;
  /** Contacts there were when its rows began to be read; null before that. */
  readonly knownContacts: number | null;
  /** Those of which it told something that may mean that they have gone; one told of in two batches counts twice. */
  readonly changedContacts: number;
  readonly workedMs: number;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

export interface NewImport {
  readonly id: string;
  readonly fileName: string | null;
  readonly options: ImportOptions;
  readonly dryRun: boolean;
  readonly sha256: string | null;
  readonly createdAt: Date;
}

export interface RowError {
  readonly row: number;
  readonly line: number;
  readonly code: string;
  readonly column: string | null;
  readonly detail: string;
}

/** What one batch of rows adds, written with its effects. */
export interface ImportProgress {
  readonly atRow: number;
  readonly atByte: number;
  readonly counts: RowCounts;
  readonly accounts: number;
  readonly changedContacts: number;
  readonly workedMs: number;
  readonly errors: readonly RowError[];
}

export interface Carrier {
  readonly id: string;
  readonly isAlias: boolean;
}

export abstract class ImportStore {
  abstract create(one: NewImport): Promise<void>;
  abstract find(id: string): Promise<Import | null>;
  /** Newest first. */
  abstract list(filter: { readonly sha256: string | null; readonly kind: string | null }, limit: number, startingAfter: string | null): Promise<Import[]>;
  /** By row. */
  abstract errors(id: string, limit: number, afterRow: number): Promise<RowError[]>;

  /** Stores a part of the file; false when the file does not go on at `atByte`, or is no longer uploaded. */
  abstract addPart(id: string, atByte: number, bytes: Buffer): Promise<boolean>;
  /** The file is whole; false when it is not being uploaded. */
  abstract complete(id: string): Promise<boolean>;
  /** The file's parts in order; `onRead` hears how many bytes were handed out. */
  abstract parts(id: string, onRead?: (bytes: number) => void): AsyncIterable<Buffer>;

  /** Takes the first that nobody works on for `leaseMs` (machine time); one that `owner` holds stays theirs. Null: none. */
  abstract claim(owner: string, leaseMs: number): Promise<Import | null>;
  /** Keeps it for `leaseMs` more, where it is still `owner`'s. */
  abstract renew(id: string, owner: string, leaseMs: number): Promise<void>;
  /** Earliest of those that somebody must work on; null: none. */
  abstract nextDueAt(): Promise<Date | null>;
  /** Holds the import for `tx` and renews the lease; null when it is no longer `owner`'s, or not in `state`. */
  abstract hold(tx: Transaction, id: string, owner: string, leaseMs: number, state: ImportState): Promise<Import | null>;
  /** Format and plan are known: its rows may be read. */
  abstract begin(tx: Transaction, id: string, found: { readonly shape: FileShape; readonly plan: ImportPlan; readonly sha256: string }): Promise<void>;
  abstract advance(tx: Transaction, id: string, progress: ImportProgress): Promise<void>;
  /** No more rows; false when it had ended before. */
  abstract end(tx: Transaction, id: string, outcome: ImportOutcome, failure: ItemFault | null): Promise<boolean>;
  /** Accounts and aliases that still carry its mark, at most `limit`. */
  abstract carriers(tx: Transaction, id: string, limit: number): Promise<Carrier[]>;
  /** The accounts are let go: its file is forgotten. */
  abstract close(tx: Transaction, id: string, at: Date): Promise<void>;

  /** When the oldest import began whose file is still to come; null: none. */
  abstract oldestUpload(): Promise<Date | null>;
  /** Cancels uploads that began before `instant`; true when there were any. */
  abstract giveUpUploads(instant: Date, failure: ItemFault): Promise<boolean>;
  /** When the oldest import ended whose faulty rows are kept; null: none. */
  abstract oldestErrors(): Promise<Date | null>;
  /** Forgets faulty rows of imports that ended before `instant`. */
  abstract forgetErrors(instant: Date): Promise<void>;
}
