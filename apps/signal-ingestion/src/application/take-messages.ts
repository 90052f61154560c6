import { Injectable } from '@nestjs/common';
import type { ReceivedEvent } from '@perennial/messaging/batch-consumer';
import { EventTraces } from '@perennial/messaging/event-traces';
import { killPoint } from '@perennial/messaging/kill-point';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import type { Arrival } from '../domain/arrival.js';
import { deduplicate } from '../domain/deduplicate.js';
import { IdentityMap } from '../domain/identity-map.js';
import type { ItemFault } from '../domain/item-fault.js';
import { withoutPeople } from '../domain/personal-data.js';
import { keysOf, resolveIdentities } from '../domain/resolve-identities.js';
import type { MessageResult } from '../domain/source-tally.js';
import { IdentityStore } from './identity-store.js';
import { MessageStore } from './message-store.js';
import { RecordSignals } from './record-signals.js';
import { Suppression } from './suppression.js';

/** An arrival that, or a part of which, could not be taken after all. */
export interface Refusal {
  readonly arrival: Arrival;
  readonly fault: ItemFault;
}

export interface Taken {
  /** What was refused on the way. */
  readonly refusals: readonly Refusal[];
  /** What became of each arrival, by its place in the chunk. */
  readonly results: ReadonlyMap<number, MessageResult>;
  /** Accounts that the import touched for the first time. */
  readonly marked: number;
  /** Contacts of which the import told something that may mean that they have gone. */
  readonly changedContacts: number;
}

/**
 * Turns messages into signals: drops repetitions, says whom and which account each is about, applies them,
 * publishes, and keeps them. A constant number of statements whatever the chunk's size.
 */
@Injectable()
export class TakeMessages {
  constructor(
    private readonly messages: MessageStore,
    private readonly identities: IdentityStore,
    private readonly recordSignals: RecordSignals,
    private readonly suppression: Suppression,
    private readonly clock: Clock,
    private readonly nudge: DueWorkNudge,
    private readonly traces: EventTraces,
  ) {}

  /** `causeOf` names the event behind an arrival; `importId` the import that they are of. */
  async take(tx: Transaction, arrivals: readonly Arrival[], causeOf: (at: number) => ReceivedEvent | undefined, importId: string | null = null): Promise<Taken> {
    const results = new Map<number, MessageResult>(arrivals.map(({ at }) => [at, 'repeated']));
    const heard = this.suppression.isEmpty ? arrivals : arrivals.flatMap((arrival) => {
      const kept = withoutPeople(arrival, this.suppression.isSuppressed);
      if (kept === null) results.set(arrival.at, 'suppressed');
      return kept ?? [];
    });
    if (heard.length === 0) return { refusals: [], results, marked: 0, changedContacts: 0 };
    const [, known] = await Promise.all([this.suppression.enter(tx), this.messages.known(tx, heard, importId === null ? 'lately' : 'ever')]);
    const { fresh, conflicts } = deduplicate(heard, known);
    const refusals: Refusal[] = conflicts.map((arrival) => ({ arrival, fault: idConflict }));
    for (const { at } of conflicts) results.set(at, 'rejected');
    if (fresh.length === 0) return { refusals, results, marked: 0, changedContacts: 0 };

    const now = this.clock.now();
    const identities = new IdentityMap(await this.identities.lock(tx, keysOf(fresh), now));
    const resolved = resolveIdentities(fresh, identities);
    for (const { arrival, accountId } of resolved) results.set(arrival.at, arrival.meaning.signal === null ? 'no_signal' : accountId === null ? 'waiting' : 'published');
    const { signals, refusedTraits, marked, changedContacts } = await this.recordSignals.record(tx, resolved, causeOf, importId);
    killPoint('ingestion.after-record');
    const [current] = await Promise.all([
      this.suppression.isCurrent(tx),
      this.identities.save(tx, identities, now),
      this.messages.add(tx, resolved.map((one) => {
        const { arrival } = one;
        const traceparent = results.get(arrival.at) === 'waiting' ? this.traces.traceparentOf(causeOf(arrival.at)) : null;
        return { resolved: one, signal: signals.get(arrival.at) ?? null, traceparent };
      })),
    ]);
    if (!current) await this.suppression.startAnew();
    if (identities.toReplay().length > 0) tx.afterCommit(() => this.nudge.nudge());

    for (const { resolved: { arrival }, names } of refusedTraits) refusals.push({ arrival, fault: tooManyTraits(names) });
    return { refusals, results, marked, changedContacts };
  }
}

const idConflict: ItemFault = { code: 'id_conflict', pointer: '/id', detail: 'was used by this source for other content: give every message an id of its own' };

function tooManyTraits(names: readonly string[]): ItemFault {
  return { code: 'too_many_traits', pointer: '/traits', detail: `the account knows 255 trait names already; ${names.length} new ones were left out: do not make names of values` };
}
