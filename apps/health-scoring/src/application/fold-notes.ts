import { Injectable } from '@nestjs/common';
import type { signalsTopic } from '@perennial/contracts/topics';
import type { ReceivedEvent } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { readSentiment } from '../domain/notes/read-sentiment.js';
import { NoteSentimentStore, type ReadNote } from './note-sentiment-store.js';

/** Reads what notes say of how people feel. Beside the account's state: nothing of it moves a score. */
@Injectable()
export class FoldNotes {
  constructor(private readonly store: NoteSentimentStore) {}

  /** One chunk, in order: a reset forgets what came before it. Without notes and resets it asks the database nothing. */
  async fold(tx: Transaction, events: readonly ReceivedEvent<typeof signalsTopic>[]): Promise<void> {
    const cleared = new Set<string>();
    const notes = new Map<string, ReadNote>();
    for (const { type, key, data } of events) {
      if (type === 'perennial.account.reset.v1') {
        cleared.add(key);
        for (const [place, { accountId }] of notes) if (accountId === key) notes.delete(place);
      } else if ('kind' in data && data.kind === 'note') {
        notes.set(`${key}\n${data.id}`, { accountId: key, signalId: data.id, personId: data.personId, at: new Date(data.occurredAt), reading: readSentiment(data.data.text) });
      }
    }
    if (cleared.size + notes.size > 0) await this.store.fold(tx, [...cleared], [...notes.values()]);
  }
}
