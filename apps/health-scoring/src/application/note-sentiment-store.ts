import type { Sql, Transaction } from '@perennial/persistence/transaction';
import type { NoteReading, Sentiment } from '../domain/notes/read-sentiment.js';

/** What was read of one note. Its text stays in the timeline. */
export interface ReadNote {
  readonly accountId: string;
  readonly signalId: string;
  readonly personId: string | null;
  readonly at: Date;
  readonly reading: NoteReading;
}

/** A person's word on a note; it stands above what was read. */
export interface NoteCorrection {
  readonly sentiment: Sentiment;
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
}

export interface JudgedNote extends Omit<ReadNote, 'accountId'> {
  readonly correction: NoteCorrection | null;
}

/** Clear and unclear notes about one person; null: about the account. */
export interface NoteCount {
  readonly personId: string | null;
  readonly positive: number;
  readonly negative: number;
  readonly unclear: number;
  readonly lastAt: Date;
}

/** Readings of notes, which the signals can tell again, and corrections, which they cannot: these stay. */
export abstract class NoteSentimentStore {
  /** Forgets the readings of the accounts `cleared`, then keeps `notes`; one that comes again replaces itself. */
  abstract fold(tx: Transaction, cleared: readonly string[], notes: readonly ReadNote[]): Promise<void>;
  /** Newest first, of one person where given; null where no note `startingAfter` is kept. */
  abstract list(accountId: string, personId: string | null, limit: number, startingAfter: string | null): Promise<JudgedNote[] | null>;
  /** One note, locked for a correction; null: there is none. */
  abstract find(sql: Sql, accountId: string, signalId: string): Promise<JudgedNote | null>;
  /** `correction` null takes it back. The record keeps every one of them. */
  abstract correct(tx: Transaction, accountId: string, note: JudgedNote, correction: Omit<NoteCorrection, 'sentiment'> & { readonly sentiment: Sentiment | null }): Promise<void>;
  /** By person, of notes since `since`. */
  abstract counts(accountId: string, since: Date): Promise<NoteCount[]>;
  /** Takes out what is known of the notes about these people. */
  abstract forget(tx: Transaction, accountId: string, personIds: readonly string[]): Promise<void>;
}
