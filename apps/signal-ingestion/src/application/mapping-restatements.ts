import type { Transaction } from '@perennial/persistence/transaction';

/** How far a partition of telemetry was read, and where reading ends. */
export interface ReadMark {
  readonly partition: number;
  readonly next: bigint;
  readonly upTo: bigint;
}

/** The past of a source's telemetry, to be read anew by one revision of its mapping. */
export interface MappingRestatement {
  readonly id: string;
  readonly sourceId: string;
  readonly revision: number;
  /** Messages received before stay as they are. */
  readonly since: Date;
  /** `waiting` until the revision holds everywhere; `reading` telemetry; `telling` accounts again; `superseded`: another revision came before it began, or is restated since, before it had read all. */
  readonly state: 'waiting' | 'reading' | 'telling' | 'done' | 'superseded';
  readonly marks: readonly ReadMark[];
  /** Messages of the source so far. */
  readonly messages: number;
  readonly changed: number;
  /** Would be another signal, and stay what they were: see `retell`. */
  readonly kept: number;
  /** Accounts that are told again so far. */
  readonly accounts: number;
  readonly nextAt: Date;
  readonly createdAt: Date;
  readonly doneAt: Date | null;
}

export abstract class MappingRestatements {
  abstract add(tx: Transaction, restatement: MappingRestatement): Promise<void>;
  abstract save(tx: Transaction, restatement: MappingRestatement): Promise<void>;
  /** Newest first. */
  abstract list(sourceId: string, limit: number, before: string | null): Promise<MappingRestatement[]>;
  abstract nextDueAt(): Promise<Date | null>;
  /** Takes one that is due for this transaction, which no other one holds; null: none. */
  abstract claim(tx: Transaction, now: Date): Promise<MappingRestatement | null>;
  /** Whether there is one of a later revision of its source. */
  abstract hasNewer(tx: Transaction, restatement: MappingRestatement): Promise<boolean>;
  /** Whether one of an earlier revision of its source may still change what messages tell. */
  abstract waitsForOlder(tx: Transaction, restatement: MappingRestatement): Promise<boolean>;
  /** Notes accounts that are to be told again once all is read. */
  abstract touch(tx: Transaction, id: string, accountIds: readonly string[]): Promise<void>;
  /** Takes some of these accounts off the list; empty: none is left. */
  abstract takeTouched(tx: Transaction, id: string, limit: number): Promise<string[]>;
}
