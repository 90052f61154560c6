import type { SignalData, SignalKind } from '@perennial/contracts/signal';
import type { Meaning } from './vendors/vendor.js';

/** One message of the telemetry topic that can be taken, read and with its time corrected. Times in ms. */
export interface Arrival {
  /** Its place in the chunk. */
  readonly at: number;
  readonly sourceId: string;
  /** Unique per source. */
  readonly messageId: string;
  /** Of the content alone: two deliveries of one message have the same. */
  readonly hash: string;
  readonly receivedAt: number;
  readonly occurredAt: number;
  readonly clamped: boolean;
  /** Of a `person` signal that a file told. */
  readonly importId?: string;
  readonly meaning: Meaning;
}

/** An arrival of which it is known whom and which account it is about. */
export interface Resolved {
  readonly arrival: Arrival;
  /** Under which key the person is known; null: nobody is named. */
  readonly personKey: string | null;
  /** As it was named: it may be an alias or a merged account. Null: the person has no account yet. */
  readonly accountId: string | null;
  /** The person came to this account with this message. */
  readonly joinsAccount: boolean;
}

/** A signal as it is kept and published. */
export type SignalRecord = {
  readonly [K in SignalKind]: {
    readonly id: string;
    readonly kind: K;
    readonly accountId: string;
    readonly personId: string | null;
    readonly occurredAt: string;
    readonly receivedAt: string;
    readonly sourceId: string;
    readonly product: string | null;
    readonly clamped: boolean;
    readonly importId?: string;
    readonly data: SignalData[K];
  };
}[SignalKind];
