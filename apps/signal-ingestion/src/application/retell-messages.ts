import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import { messageKey } from '../domain/deduplicate.js';
import { IdentityMap } from '../domain/identity-map.js';
import type { CompiledMapping } from '../domain/mapping/compile-mapping.js';
import { retell, type Retold, type ToldMessage } from '../domain/mapping/retell.js';
import { withoutPeople } from '../domain/personal-data.js';
import type { Message } from '../domain/read-message.js';
import { CapNames } from './cap-names.js';
import { IdentityStore } from './identity-store.js';
import { MessageStore } from './message-store.js';
import { ReadMessages } from './read-messages.js';
import { Suppression } from './suppression.js';

export interface RetoldMessages {
  /** Accounts whose signals are others now. */
  readonly accountIds: readonly string[];
  readonly changed: number;
  /** Would be changed, and stay: they speak of people, or would be no signal. */
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
    private readonly clock: Clock,
    private readonly nudge: DueWorkNudge,
  ) {}

  async retell(tx: Transaction, told: readonly (Message & { readonly vendor: string })[], mapping: CompiledMapping): Promise<RetoldMessages> {
    const read = told.map((message) => this.readMessages.readBy(mapping, message));
    const arrivals = read.flatMap((one) => ('code' in one ? [] : (withoutPeople(one, this.suppression.isSuppressed) ?? [])));
    const unfit = read.filter((one) => 'code' in one && one.code === 'mapping_unfit').length;
    if (arrivals.length === 0) return { accountIds: [], changed: 0, kept: unfit };
    const known = await this.messages.told(tx, arrivals);
    const changes = new Map<string, Change>();
    let kept = unfit;
    for (const arrival of await this.capNames.cap(tx, arrivals)) {
      const before = known.get(messageKey(arrival));
      const after = before ? retell(before, arrival) : 'same';
      if (after === 'kept') kept++;
      else if (before && after !== 'same') changes.set(messageKey(arrival), { ...before, retold: after });
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
