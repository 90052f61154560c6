import type { ErasedWords } from '@perennial/contracts/erased-words';
import type { Transaction } from '@perennial/persistence/transaction';

/** Everything that was put into words for people and other systems: inbox, live stream and webhook messages. */
export abstract class ToldTexts {
  /** Takes a person out of what concerns the account. A message that waits to be sent, or is sent again, goes out without them. */
  abstract forget(tx: Transaction, accountId: string, words: ErasedWords): Promise<void>;
}
