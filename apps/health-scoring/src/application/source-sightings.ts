import { Injectable } from '@nestjs/common';
import { signalKinds, type Signal, type SignalKind } from '@perennial/contracts/signal';
import type { Sql, Transaction } from '@perennial/persistence/transaction';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import { livenessOf, sight, type SourceLiveness, type SourceSighting } from '../domain/sources/source-liveness.js';
import { SourceStore, type ToldState } from './source-store.js';

const writeEveryMs = 60_000;
const refreshEveryMs = 10_000;

/**
 * When each kind of signal was last seen from any account, and up to when each partition was read. Shared with other
 * replicas through a small table: a partition writes its kinds at most once a minute of business time. What a chunk
 * sees is known to its own accounts at once, to others when it has committed: a killed process must not leave behind
 * verdicts by a source that the next one has never heard of.
 */
@Injectable()
export class SourceSightings {
  private readonly known = new Map<SignalKind, SourceSighting>();
  /** Receipt of the newest signal applied, by partition. */
  private readonly received = new Map<number, number>();
  /** What the table has, by partition and kind, as far as this process wrote it. */
  private readonly written = new Map<string, number>();
  private readonly toldStale = new Set<SignalKind>();
  private refreshedAt: number | null = null;

  constructor(
    private readonly store: SourceStore,
    private readonly dueWork: DueWorkNudge,
  ) {}

  /**
   * Sources as looks may see them. A silence counts up to `throughout` only, the instant up to which the signals
   * of every partition are applied (null: none is), or when it was told before: what waits unread may end it.
   * `signals`: of the chunk in hand. Asked behind the locks of the accounts it finds every kind that their last look
   * knew of, whichever process gave that: a source that has been heard of is never unheard of again.
   */
  async liveness(sql: Sql, throughout: Date | null, signals: readonly Signal[] = []): Promise<SourceLiveness> {
    const until = throughout === null ? -Infinity : throughout.getTime();
    const newToUs = this.known.size === signalKinds.length ? [] : await this.store.sightings(sql, [...this.known.keys()]);
    const isTold = (kind: SignalKind): boolean => this.toldStale.has(kind) || newToUs.some((sighting) => sighting.kind === kind && sighting.told === 'stale');
    const newestLast = [...this.known.values(), ...newToUs, ...this.seenIn(signals)].sort((a, b) => a.lastSeenAt - b.lastSeenAt);
    const sources = Object.entries(livenessOf(newestLast)) as [SignalKind, { lastSeenAt: number; staleAt: number }][];
    return Object.fromEntries(sources.map(([kind, source]) => [kind, source.staleAt <= until || isTold(kind) ? source : { ...source, staleAt: Infinity }]));
  }

  /** True when a kind that nobody was told of may count as silent at `now`. */
  maySilence(now: Date): boolean {
    return [...this.known.values()].some((sighting) => !this.toldStale.has(sighting.kind) && (livenessOf([sighting])[sighting.kind]?.staleAt ?? Infinity) <= now.getTime());
  }

  /** Receipt of the newest signal of the partition that is applied, whoever did it; null before the first. */
  lastReceived(partition: number): Date | null {
    const at = this.received.get(partition);
    return at === undefined ? null : new Date(at);
  }

  /** The newest sighting of each kind that this process knows of. */
  newest(): readonly SourceSighting[] {
    return [...this.known.values()];
  }

  /**
   * Takes over what other replicas saw, at most every ten seconds of machine time; `anew` at once: the accounts of a
   * partition that came here just now are judged by all that its last owner saw.
   */
  async refresh(sql: Sql, anew = false): Promise<void> {
    const now = performance.now();
    if (!anew && this.refreshedAt !== null && now - this.refreshedAt < refreshEveryMs) return;
    for (const { partition, told, ...sighting } of await this.store.sightings(sql)) {
      const known = this.known.get(sighting.kind);
      if (!known || known.lastSeenAt < sighting.lastSeenAt) this.known.set(sighting.kind, sighting);
      this.read(partition, sighting.lastSeenAt);
      this.told(sighting.kind, told);
    }
    this.refreshedAt = now;
  }

  /** Notes the signals of one chunk; writes what is a minute newer than the table. */
  async note(tx: Transaction, partition: number, signals: readonly Signal[]): Promise<void> {
    const due: SourceSighting[] = [];
    for (const [kind, at] of newestByKind(signals)) {
      const slot = `${partition} ${kind}`;
      tx.afterCommit(() => {
        this.known.set(kind, this.sightingOf(kind, at));
        this.read(partition, at);
        if (this.toldStale.has(kind)) this.dueWork.nudge();
      });
      if (at - (this.written.get(slot) ?? -Infinity) < writeEveryMs) continue;
      // This partition's own newest: what others saw later is theirs to write.
      due.push({ ...this.sightingOf(kind, at), lastSeenAt: at });
      tx.afterCommit(() => this.written.set(slot, at));
    }
    if (due.length > 0) await this.store.saveSightings(tx, partition, due);
  }

  /** What everybody was told of the kind. */
  told(kind: SignalKind, state: ToldState): void {
    if (state === 'stale') this.toldStale.add(kind);
    else this.toldStale.delete(kind);
  }

  private seenIn(signals: readonly Signal[]): SourceSighting[] {
    return [...newestByKind(signals)].map(([kind, at]) => this.sightingOf(kind, at));
  }

  private sightingOf(kind: SignalKind, at: number): SourceSighting {
    return sight(this.known.get(kind) ?? null, kind, at);
  }

  private read(partition: number, at: number): void {
    if (at > (this.received.get(partition) ?? -Infinity)) this.received.set(partition, at);
  }
}

function newestByKind(signals: readonly Signal[]): Map<SignalKind, number> {
  const newest = new Map<SignalKind, number>();
  for (const signal of signals) {
    const at = Date.parse(signal.receivedAt);
    if (at > (newest.get(signal.kind) ?? -Infinity)) newest.set(signal.kind, at);
  }
  return newest;
}
