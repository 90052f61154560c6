import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import type { Arrival } from '../domain/arrival.js';
import { messageKey } from '../domain/deduplicate.js';
import { IdentityMap } from '../domain/identity-map.js';
import type { CompiledMapping } from '../domain/mapping/compile-mapping.js';
import { retell, type Retold, type ToldMessage } from '../domain/mapping/retell.js';
import { speaksOf, withoutPeople } from '../domain/personal-data.js';
import type { Message } from '../domain/read-message.js';
import { AccountTree } from './account-tree.js';
import { CapNames } from './cap-names.js';
import { IdentityStore } from './identity-store.js';
import { MessageStore } from './message-store.js';
import { ReadMessages } from './read-messages.js';
import { Suppression } from './suppression.js';

export interface RetoldMessages {
  /** Accounts whose signals are others now. */
  readonly accountIds: readonly string[];
  readonly changed: number;
  /** Would be changed, and stay: they tell of people, speak of somebody who was suppressed or erased, or would be no signal. */
  readonly kept: number;
}

type Change = ToldMessage & { readonly retold: Retold };

/** Lets messages that were taken tell what another mapping makes of them. What was not taken stays so. */
@Injectable()
export class RetellMessages {
  constructor(
    private readonly readMessages: ReadMessages,
    private readonly capNames: CapNames,
    private readonly messages: MessageStore,
    private readonly identities: IdentityStore,
    private readonly suppression: Suppression,
    private readonly tree: AccountTree,
    private readonly clock: Clock,
    private readonly nudge: DueWorkNudge,
  ) {}

  /** Throws `Transient` where somebody was suppressed after this process last looked. */
  async retell(tx: Transaction, told: readonly (Message & { readonly vendor: string })[], mapping: CompiledMapping): Promise<RetoldMessages> {
    // Whoever is suppressed from now on is erased after this transaction, which saw them: `ErasePeople` waits for it.
    await this.suppression.enter(tx);
    if (!(await this.suppression.isCurrent(tx))) await this.suppression.startAnew();
    // Nobody is taken out of messages between reading and writing them.
    await this.tree.hold(tx);
    const read = told.map((message) => this.readMessages.readBy(mapping, message));
    const arrivals = read.flatMap((one) => ('code' in one ? [] : (withoutPeople(one, this.suppression.isSuppressed) ?? [])));
    let kept = read.filter((one) => 'code' in one && one.code === 'mapping_unfit').length;
    if (arrivals.length === 0) return { accountIds: [], changed: 0, kept };
    const known = await this.messages.told(tx, arrivals);
    const become = (arrival: Arrival): Retold | 'same' | 'kept' => {
      const before = known.get(messageKey(arrival));
      return before ? retell(before, arrival) : 'same';
    };
    const bodies = new Map(told.map(({ at, body }) => [at, body]));
    const others = arrivals.filter((arrival) => become(arrival) !== 'same');
    const free = others.filter((arrival) => become(arrival) !== 'kept' && (this.suppression.isEmpty || !speaksOf(bodies.get(arrival.at), this.suppression.isSuppressed)));
    kept += others.length - free.length;
    const changes = new Map<string, Change>();
    for (const arrival of await this.capNames.cap(tx, free)) {
      const after = become(arrival);
      if (typeof after === 'object') changes.set(messageKey(arrival), { ...known.get(messageKey(arrival))!, retold: after });
    }
    const done = changes.size === 0 ? [] : await this.save(tx, [...changes.values()]);
    return { accountIds: [...new Set(done.flatMap(({ accountId }) => accountId ?? []))], changed: done.length, kept };
  }

  /** People whose signals wait for an account have more of them now, or fewer: they are locked first, as whoever places them does. */
  private async save(tx: Transaction, changes: readonly Change[]): Promise<Change[]> {
    const now = this.clock.now();
    const isWaiting = ({ accountId, personKey, kind, retold }: Change): boolean => accountId === null && personKey !== null && (kind === null) !== (retold.kind === null);
    const keys = [...new Set(changes.filter(isWaiting).map(({ personKey }) => personKey as string))].sort();
    const identities = new IdentityMap(keys.length === 0 ? [] : await this.identities.lock(tx, keys, now));
    const done = await this.messages.retell(tx, changes);
    for (const change of done.filter(isWaiting)) identities.wait(identities.of(change.personKey as string), change.kind === null ? 1 : -1);
    await this.identities.save(tx, identities, now);
    if (identities.toReplay().length > 0) tx.afterCommit(() => this.nudge.nudge());
    return done;
  }
}
