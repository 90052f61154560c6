import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { SignalData } from '@perennial/contracts/signal';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { v7 as uuidv7 } from 'uuid';
import type { Role } from '../domain/contact.js';
import type { Meaning } from '../domain/vendors/vendor.js';
import { AccountTree } from './account-tree.js';
import { MessageStore } from './message-store.js';
import { PeopleStore, type PersonDetail } from './people-store.js';
import type { RefusedCall } from './refused-call.js';
import { TakeMessages } from './take-messages.js';

const changeOf: Record<PersonDetail['accounts'][number]['status'], SignalData['person']['change']> = { active: 'updated', deactivated: 'deactivated', bounced: 'bounced', departed: 'departed' };

/**
 * What a person says of another by hand. It is taken as a message like any other, so that everything that follows
 * from a group call or a `person` signal follows from it too: contacts, the replay of what waits, the score.
 */
@Injectable()
export class TellOfPeople {
  constructor(
    private readonly people: PeopleStore,
    private readonly tree: AccountTree,
    private readonly messages: MessageStore,
    private readonly takeMessages: TakeMessages,
    private readonly clock: Clock,
  ) {}

  /** Makes room for what is told; before the transaction. */
  prepare(): Promise<void> {
    return this.messages.prepare();
  }

  /** As a group call does: signals that name no account are the account's from now on, those that wait are published. Other accounts of the person stay. */
  async assign(tx: Transaction, personId: string, accountId: string, by: string): Promise<RefusedCall | null> {
    const person = await this.people.find(tx, personId);
    if (!person) return noPerson(personId);
    if ((await this.tree.place(tx, accountId)) === null) return { because: 'not_found', code: 'not_found', detail: `there is no account ${accountId}` };
    return person.namedAccountId === accountId ? null : this.take(tx, by, { person: person.key, accountId, signal: null });
  }

  /** States whole which roles the person holds at the account. */
  async stateRoles(tx: Transaction, personId: string, accountId: string, roles: readonly Role[], by: string): Promise<RefusedCall | null> {
    const person = await this.people.find(tx, personId);
    if (!person) return noPerson(personId);
    const contact = person.accounts.find((one) => one.accountId === accountId);
    if (!contact) return { because: 'not_found', code: 'not_found', detail: `${personId} is not at the account ${accountId}: assign them first` };
    if (roles.length === contact.roles.length && roles.every((role) => contact.roles.includes(role))) return null;
    // It says nothing of who has left, and of where somebody is only where nobody knew.
    return this.take(tx, by, { person: person.key, accountId, ...(person.namedAccountId === null ? {} : { movesPerson: false }), signal: { kind: 'person', data: { change: changeOf[contact.status], roles: [...roles] } } }, contact.toldAt + 1);
  }

  private async take(tx: Transaction, by: string, told: Pick<Meaning, 'person' | 'accountId' | 'signal' | 'movesPerson'>, notBefore = 0): Promise<RefusedCall | null> {
    const now = this.clock.now().getTime();
    // What a person says now outdoes what was told before, even by a clock that was ahead.
    const occurredAt = Math.max(now, notBefore);
    const messageId = uuidv7();
    const meaning: Meaning = { ...told, messageId, original: null, anonymous: null, formerly: [], accountTraits: null, product: null, mayCreate: false };
    const hash = createHash('sha256').update(messageId).digest('hex').slice(0, 32);
    const { results } = await this.takeMessages.take(tx, [{ at: 0, sourceId: `by-hand/${by}`.slice(0, 200), messageId, hash, receivedAt: now, occurredAt, clamped: false, meaning }], () => undefined);
    return results.get(0) === 'suppressed' ? { because: 'conflict', code: 'person_suppressed', detail: 'nothing about this person is taken any more: lift the suppression first' } : null;
  }
}

const noPerson = (personId: string): RefusedCall => ({ because: 'not_found', code: 'not_found', detail: `there is no person ${personId}` });
