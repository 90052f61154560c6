import { Injectable } from '@nestjs/common';
import type { Signal } from '@perennial/contracts/signal';
import { signalsTopic } from '@perennial/contracts/topics';
import type { EventBatch } from '@perennial/messaging/batch-consumer';
import { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import { partitionOf } from '@perennial/messaging/partitioner';
import type { Sql, Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import type { SourceLiveness } from '../domain/sources/source-liveness.js';
import type { AccountHealthState } from '../domain/state.js';
import { SourceSightings } from './source-sightings.js';

/** The instants up to which all that was received is applied. */
export interface KnownSignals {
  /** Of one partition; null while nothing of it is, or what is may be half of it: a rebuild is under way. */
  until(partition: number): Date | null;
  /** Of every partition. */
  readonly throughout: Date | null;
}

/** When accounts are judged, and by which sources. */
export interface LookTime {
  /** Null: the verdict waits, and is given as soon as time allows. */
  asOf(state: AccountHealthState): Date | null;
  /** Asked behind the locks of the accounts that are looked at. */
  sources(tx: Transaction): Promise<SourceLiveness>;
}

/**
 * Time as looks may know it. Where signals wait, time is that of the last one applied: an outage of ours must
 * not look like the customers' silence.
 */
@Injectable()
export class SignalTime {
  constructor(
    private readonly progress: ConsumerProgress,
    private readonly sightings: SourceSightings,
    private readonly clock: Clock,
  ) {}

  async known(sql: Sql): Promise<KnownSignals> {
    await this.sightings.refresh(sql);
    const { behind, rebuilding } = await this.progress.standing(signalsTopic, sql);
    if (rebuilding) return nothingKnown;
    const now = this.clock.now();
    const until = (partition: number): Date | null => (behind.has(partition) ? earlier(this.sightings.lastReceived(partition), now) : now);
    const throughout = [...behind].map(until).reduce<Date | null>((first, at) => (first === null || at === null ? null : earlier(first, at)), now);
    return { until, throughout };
  }

  /** For looks that no signal asks for: time, people, other services. */
  async outsideOfSignals(sql: Sql): Promise<LookTime> {
    const known = await this.known(sql);
    // Who reads the signals gives the one verdict that ends an import, a restatement or a rebuild.
    return { asOf: (state) => (isOwed(state) ? null : known.until(this.partitionOf(state.accountId))), sources: (tx) => this.sightings.liveness(tx, known.throughout) };
  }

  /** For the accounts of one chunk of signals. */
  async ofSignals(tx: Transaction, batch: EventBatch<typeof signalsTopic>, signals: readonly Signal[]): Promise<LookTime> {
    if (batch.rebuilding) return { asOf: () => null, sources: (own) => this.sightings.liveness(own, null) };
    const now = this.clock.now();
    const last = signals.at(-1);
    const own = batch.caughtUp ? now : last ? earlier(new Date(last.receivedAt), now) : null;
    // How far the other partitions are matters only where a silence may end there unread.
    const known = own !== null && !this.sightings.maySilence(now) ? null : await this.known(tx);
    const reached = own ?? known?.until(batch.partition) ?? null;
    return { asOf: (state) => (isOwed(state) && !batch.caughtUp ? null : reached), sources: (own) => this.sightings.liveness(own, known?.throughout ?? null, signals) };
  }

  /** For looks that are due, also where a verdict is owed. Behind the locks it is asked again whether a rebuild began since `known`: then the accounts are cleared. */
  asKnown(known: KnownSignals): LookTime {
    let isRebuilding = true;
    return {
      asOf: (state) => (isRebuilding ? null : known.until(this.partitionOf(state.accountId))),
      sources: async (tx) => {
        const [sources, rebuilding] = await Promise.all([this.sightings.liveness(tx, known.throughout), this.progress.rebuilding(tx)]);
        isRebuilding = rebuilding;
        return sources;
      },
    };
  }

  /** How many partitions the signals have. */
  get partitions(): number {
    return this.progress.partitionCount(signalsTopic);
  }

  /** The partition that the account's signals are in. */
  partitionOf(accountId: string): number {
    return partitionOf(accountId, this.partitions);
  }
}

const nothingKnown: KnownSignals = { until: () => null, throughout: null };

/** One net verdict stands out: a look in between would see a part of what comes again. */
const isOwed = (state: AccountHealthState): boolean => state.pendingCause === 'import' || state.pendingCause === 'restatement';

function earlier(at: Date, other: Date): Date;
function earlier(at: Date | null, other: Date): Date | null;
function earlier(at: Date | null, other: Date): Date | null {
  return at !== null && at > other ? other : at;
}
