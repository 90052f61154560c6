import { Injectable } from '@nestjs/common';
import type { Signal, SignalKind } from '@perennial/contracts/signal';
import type { Transaction } from '@perennial/persistence/transaction';
import { metricsWithoutGoal, unusedReason, type UnusedReason } from '../domain/facts/unused.js';
import type { AccountHealthState } from '../domain/state.js';
import type { SinceReset } from './since-reset.js';
import { StateQueries } from './state-queries.js';

/** Signals of one kind that nothing judges by, for one reason. */
export interface UnusedSignals {
  readonly kind: SignalKind;
  readonly reason: UnusedReason;
  readonly count: number;
  /** The newest of them by its own time. */
  readonly lastSignalId: string;
  readonly lastAt: Date;
}
export type UnusedOfAccount = UnusedSignals & { readonly accountId: string };

export abstract class UnusedSignalStore {
  /** Forgets those of the accounts `cleared`, then adds. */
  abstract fold(tx: Transaction, cleared: readonly string[], more: readonly UnusedOfAccount[]): Promise<void>;
  abstract list(accountId: string): Promise<UnusedSignals[]>;
}

/** Counts what was taken and moves nothing, so that nobody has to wonder where it went. */
@Injectable()
export class CountUnusedSignals {
  constructor(private readonly store: UnusedSignalStore) {}

  /** After the chunk was folded into `states`. Where all is of use it asks the database nothing. */
  async fold(tx: Transaction, { reset, events }: SinceReset, states: readonly AccountHealthState[]): Promise<void> {
    const known = new Map(states.map((state) => [state.accountId, state]));
    const found = new Map<string, UnusedOfAccount>();
    for (const { key, data } of events) {
      const state = known.get(key);
      if (!('kind' in data) || state === undefined) continue;
      const reason = unusedReason(data, state);
      if (reason === null) continue;
      const place = `${key}\n${data.kind}\n${reason}`;
      found.set(place, added(found.get(place), data, reason));
    }
    if (reset.length + found.size > 0) await this.store.fold(tx, reset, [...found.values()]);
  }
}

function added(known: UnusedOfAccount | undefined, { accountId, kind, id, occurredAt }: Signal, reason: UnusedReason): UnusedOfAccount {
  const at = new Date(occurredAt);
  const last = known === undefined || at >= known.lastAt ? { lastSignalId: id, lastAt: at } : { lastSignalId: known.lastSignalId, lastAt: known.lastAt };
  return { accountId, kind, reason, count: (known?.count ?? 0) + 1, ...last };
}

/** What was counted, and the metrics that no goal names: these are read from the facts, since their goal may come after them. */
@Injectable()
export class UnusedSignalQueries {
  constructor(
    private readonly store: UnusedSignalStore,
    private readonly states: StateQueries,
  ) {}

  /** Most first. */
  async list(accountId: string): Promise<UnusedSignals[]> {
    const [counted, state] = await Promise.all([this.store.list(accountId), this.states.read(accountId)]);
    const metrics = state === null ? null : metricsWithoutGoal(state.facts);
    const found: UnusedSignals[] = metrics === null ? [] : [{ kind: 'metric', reason: 'no_goal', count: metrics.count, lastSignalId: metrics.newest.id, lastAt: new Date(metrics.newest.at) }];
    return [...counted, ...found].sort((a, b) => b.count - a.count || (a.kind < b.kind || (a.kind === b.kind && a.reason < b.reason) ? -1 : 1));
  }
}
