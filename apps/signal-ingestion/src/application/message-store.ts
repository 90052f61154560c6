import type { SignalKind } from '@perennial/contracts/signal';
import type { Transaction } from '@perennial/persistence/transaction';
import type { Arrival, Resolved, SignalRecord } from '../domain/arrival.js';
import type { Retold, ToldMessage } from '../domain/mapping/retell.js';

export interface NewMessage {
  readonly resolved: Resolved;
  /** Null: it is no signal, or waits for an account. */
  readonly signal: SignalRecord | null;
  /** Of a signal that waits: the trace to publish it in once its account is known. */
  readonly traceparent: string | null;
}

/** A signal that waits for an account, as an arrival of its person. */
export interface WaitingSignal {
  readonly arrival: Arrival;
  readonly traceparent: string | null;
}

/** Which part of an account's timeline to read. Times are inclusive. */
export interface TimelineQuery {
  /** The account and all that leads to it. */
  readonly accountIds: readonly string[];
  readonly kind: SignalKind | null;
  readonly from: Date | null;
  readonly to: Date | null;
  readonly limit: number;
  readonly after: TimelinePosition | null;
}

/** Position in a timeline, oldest first. Ids are unique within their source only. */
export interface TimelineCursor {
  readonly occurredAt: string;
  readonly id: string;
  readonly sourceId: string;
}

/** Position of one row of a timeline: a source may use an id again once its weeks against duplicates are over. */
export interface TimelinePosition extends TimelineCursor {
  /** Week it was written in. */
  readonly week: number;
}

export interface TimelineRow {
  readonly signal: SignalRecord;
  readonly position: TimelinePosition;
}

/**
 * Every message ever taken: one row is the record against duplicates, the entry in its account's timeline
 * and, without an account, the signal that waits.
 */
export abstract class MessageStore {
  /** Makes room for the weeks to come; before a transaction touches messages. */
  abstract prepare(): Promise<void>;
  /** Content hashes of those already taken, by `messageKey`. Clients repeat soon: `lately` looks as far back as they may; `ever` at all that is kept. */
  abstract known(tx: Transaction, arrivals: readonly Arrival[], taken?: 'lately' | 'ever'): Promise<Map<string, string>>;
  /** Throws `Transient` when another consumer took one of them at the same moment. */
  abstract add(tx: Transaction, messages: readonly NewMessage[]): Promise<void>;
  /** At most `limit` signals that wait under `keys`, oldest first. */
  abstract waiting(tx: Transaction, keys: readonly string[], limit: number): Promise<WaitingSignal[]>;
  /** Moves signals that wait under `keys` to the account of their person, under the id it has there. */
  abstract place(tx: Transaction, keys: readonly string[], signals: readonly SignalRecord[], accountId: string): Promise<void>;
  /** Newest first; ties by id, source and week. */
  abstract timeline(query: TimelineQuery): Promise<TimelineRow[]>;
  /** Where these accounts' signals of this id stand: none, one, or two (there may be more). */
  abstract positionsOf(accountIds: readonly string[], id: string): Promise<TimelinePosition[]>;
  /** The last place given out: what comes later has a higher one. */
  abstract lastPlace(tx: Transaction): Promise<bigint>;
  /** Signals of these accounts placed up to `upTo`, behind `after` in the order of time; each with the account it named. */
  abstract replay(tx: Transaction, accountIds: readonly string[], upTo: bigint, after: TimelineCursor | null, limit: number): Promise<SignalRecord[]>;
  /** What those of the last two weeks told, by `messageKey`. */
  abstract told(tx: Transaction, arrivals: readonly Arrival[]): Promise<Map<string, ToldMessage>>;
  /** Lets messages tell something else where they still tell what they told. Answers those, each with the account it has now. */
  abstract retell<Message extends ToldMessage & { readonly retold: Retold }>(tx: Transaction, messages: readonly Message[]): Promise<Message[]>;
  /** When the oldest week that is kept ended (machine time); null without any. */
  abstract oldestWeekEnd(): Promise<Date | null>;
  /** Forgets the weeks that ended `days` ago or earlier, by the database's clock. */
  abstract forgetWeeks(days: number): Promise<void>;
}
