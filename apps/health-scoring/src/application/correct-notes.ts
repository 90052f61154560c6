import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import type { Sentiment } from '../domain/notes/read-sentiment.js';
import { NoteSentimentStore, type JudgedNote } from './note-sentiment-store.js';

/** A person says what a note means, or takes that back. Null: the account has no such note. */
@Injectable()
export class CorrectNotes {
  constructor(
    private readonly store: NoteSentimentStore,
    private readonly clock: Clock,
  ) {}

  async correct(tx: Transaction, accountId: string, signalId: string, wish: { readonly sentiment: Sentiment; readonly reason: string }, by: string): Promise<JudgedNote | null> {
    const note = await this.store.find(tx, accountId, signalId);
    if (note === null) return null;
    const { correction } = note;
    if (correction !== null && correction.sentiment === wish.sentiment && correction.reason === wish.reason && correction.by === by) return note;
    const made = { ...wish, by, at: this.clock.now() };
    await this.store.correct(tx, accountId, note, made);
    return { ...note, correction: made };
  }

  /** False: nobody had corrected it. */
  async withdraw(tx: Transaction, accountId: string, signalId: string, by: string): Promise<boolean> {
    const note = await this.store.find(tx, accountId, signalId);
    if (note === null || note.correction === null) return false;
    await this.store.correct(tx, accountId, note, { sentiment: null, reason: 'taken back', by, at: this.clock.now() });
    return true;
  }
}
