import { Injectable } from '@nestjs/common';
import type { ErasedWords } from '@perennial/contracts/erased-words';
import type { Transaction } from '@perennial/persistence/transaction';
import { eraseWords, type WordedRows } from '@perennial/service-kit/erase-words';
import { ToldTexts } from '../application/told-texts.js';

const told: readonly WordedRows[] = [
  { table: 'inbox_item', key: 'id', keyType: 'uuid', ofAccount: 'account_id = $1', columns: { title: 'sentence' } },
  { table: 'webhook_message', key: 'id', keyType: 'text', ofAccount: 'account_id = $1', columns: { body: 'json' } },
  { table: 'stream_event', key: 'id', keyType: 'bigint', ofAccount: "data::json ->> 'accountId' = $1", columns: { data: 'json' } },
];

@Injectable()
export class PostgresToldTexts extends ToldTexts {
  async forget(tx: Transaction, accountId: string, words: ErasedWords): Promise<void> {
    for (const rows of told) await eraseWords(tx, rows, accountId, words);
  }
}
