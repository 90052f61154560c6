import type { Transaction } from '@perennial/persistence/transaction';

/** Which risk changes have been announced, for longer than the log keeps them; no rebuild forgets it. */
export abstract class AnnouncedRiskChanges {
  /** Marks the events announced, with one statement; returns those that were not, in their order. */
  abstract takeNew<E extends { readonly key: string; readonly version: number }>(tx: Transaction, events: readonly E[]): Promise<E[]>;
  /** Forgets marks that the log cannot ask for again. */
  abstract forgetOld(): Promise<void>;
}
