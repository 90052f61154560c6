import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { readSentiment } from '../domain/notes/read-sentiment.js';
import { NoteSentimentStore, type ReadNote } from './note-sentiment-store.js';
import type { SinceReset } from './since-reset.js';

/** Reads what notes say of how people feel. Beside the account's state: nothing of it moves a score. */
@Injectable()
export class FoldNotes {
  constructor(private readonly store: NoteSentimentStore) {}

  /** Without notes and resets it asks the database nothing. */
  async fold(tx: Transaction, { reset, events }: SinceReset): Promise<void> {
    const notes = new Map<string, ReadNote>();
    for (const { key, data } of events) {
      if ('kind' in data && data.kind === 'note') {
        notes.set(`${key}\n${data.id}`, { accountId: key, signalId: data.id, personId: data.personId, at: new Date(data.occurredAt), reading: readSentiment(data.data.text) });
      }
    }
    if (reset.length + notes.size > 0) await this.store.fold(tx, reset, [...notes.values()]);
  }
}
