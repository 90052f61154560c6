import type { AnyTopic, EventTypeOf, DataOf } from '@perennial/contracts/topic';
import type { Transaction } from '@perennial/persistence/transaction';
import type { ReceivedEvent } from './batch-consumer.js';

/** What led to an event: another one or, where that is long past, only the trace it came in. */
export type Cause = ReceivedEvent | { readonly traceparent: string | null };

type WithoutVersion<D> = D extends { version: number } ? Omit<D, 'version'> : D;

/** An event to publish. `version` is put into the data when it is written. */
export type EventDraft<T extends AnyTopic> = {
  [K in EventTypeOf<T>]: {
    readonly type: K;
    /** Topic key and CloudEvents subject: account id (`users`: user id). */
    readonly key: string;
    readonly data: WithoutVersion<DataOf<T, K>>;
    /** Business time. */
    readonly time: Date;
    /** Sets the trace, and where it is an event the causation id and depth. */
    readonly cause?: Cause | undefined;
    /**
     * State topics: what counts as content. Equal to the one last published for this key: nothing is
     * published and no version is taken.
     */
    readonly fingerprint?: string;
  };
}[EventTypeOf<T>];

/** The only way to publish: rows in the transaction of the state they tell about; the relay sends them on. */
export abstract class Outbox {
  /**
   * Writes drafts of one topic, in order, with at most two statements whatever their number. The caller has
   * locked the accounts concerned. Returns the version given to each draft, null where the content had
   * not changed, or was told before a rebuild.
   */
  abstract publish<T extends AnyTopic>(tx: Transaction, topic: T, drafts: readonly EventDraft<T>[]): Promise<(number | null)[]>;
}
