import type { Sql, Transaction } from '@perennial/persistence/transaction';
import type { Traces } from '../domain/person-finder.js';

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
  /** Whether anything is kept of the person themselves; that others name them is not looked for. */
  abstract isKnown(sql: Sql | null, traces: Traces): Promise<boolean>;
  abstract exported(traces: Traces): AsyncIterable<ExportedRow>;
  /** Takes all of it away; again changes nothing. */
  abstract erase(tx: Transaction, traces: Traces, at: Date): Promise<Erased>;
  /** Takes them out of what others wrote about these accounts in words until now, which is noted; again changes nothing else. */
  abstract eraseWords(tx: Transaction, traces: Traces, accountIds: readonly string[], at: Date): Promise<void>;
}
