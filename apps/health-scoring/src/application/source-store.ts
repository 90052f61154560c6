import type { SignalKind } from '@perennial/contracts/signal';
import type { Sql, Transaction } from '@perennial/persistence/transaction';
import type { SourceSighting } from '../domain/sources/source-liveness.js';

export type ToldState = 'alive' | 'stale';

/** A kind as one partition of the signals saw it, with what was last told of it. */
export interface PartitionSighting extends SourceSighting {
  readonly partition: number;
  readonly told: ToldState;
}

export interface SourceNews {
  readonly kind: SignalKind;
  readonly state: ToldState;
  readonly since: Date;
}

/** What all replicas know together of the kinds of signals. */
export abstract class SourceStore {
  /** By kind, the newest first; `known`: kinds that are not asked for. */
  abstract sightings(sql: Sql, known?: readonly SignalKind[]): Promise<PartitionSighting[]>;
  abstract saveSightings(tx: Transaction, partition: number, sightings: readonly SourceSighting[]): Promise<void>;
  /** Notes what is about to be told. Answers the kinds for which it is news: of several replicas one gets each. */
  abstract tell(tx: Transaction, news: readonly SourceNews[]): Promise<ReadonlySet<SignalKind>>;
}
