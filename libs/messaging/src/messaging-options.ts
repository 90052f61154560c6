/** What the messaging of one service is set up with. */
export interface MessagingOptions {
  /** e.g. `health-scoring`: groups are `<service>.<stream>`, the event source is `/<service>`. */
  readonly service: string;
  /** Version of the running service, told in its dead letters. */
  readonly serviceVersion?: string;
  /** Partitions one consumer works at the same time; default 2. Each holds a database connection while it works. */
  readonly partitionsAtOnce?: number;
  /** Membership of a consumer group without a sign of life, ms; default 12,000. A chunk takes at most a third of it. */
  readonly sessionTimeoutMs?: number;
  /** Partitions of topics made at start; default 12. */
  readonly partitions?: number;
  /** A partition with lag that has not moved for this long makes the service not ready, ms; default 30,000. */
  readonly stalledAfterMs?: number;
  /** How long a shutdown may spend on sending what is left in the outbox, ms; default 5,000. */
  readonly flushMs?: number;
}

export const MESSAGING_OPTIONS = Symbol('MessagingOptions');
