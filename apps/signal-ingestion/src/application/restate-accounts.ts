import { Injectable } from '@nestjs/common';
import { signalsTopic } from '@perennial/contracts/topics';
import { killPoint } from '@perennial/messaging/kill-point';
import { Outbox } from '@perennial/messaging/outbox';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { dueSince, type DueWork, DueWorkNudge, RunsDueWork } from '@perennial/service-kit/due-work';
import { asPeople, peopleIn } from '../domain/as-people.js';
import { AccountStore } from './account-store.js';
import { AccountTree, type Place } from './account-tree.js';
import { IdentityStore } from './identity-store.js';
import { MessageStore } from './message-store.js';
import { draftOf } from './record-signals.js';
import { Restatements, type Restatement } from './restatements.js';

const batchSize = 500;

/**
 * Tells an account's story again: `account.reset`, its signals once more in the order of time, then
 * `account.restated`. Signals that arrive meanwhile are published as always and have places above `upTo`,
 * so none comes twice. Each batch is one transaction that moves the cursor: a crash goes on where it stood.
 */
@Injectable()
@RunsDueWork()
export class RestateAccounts implements DueWork {
  constructor(
    private readonly database: Database,
    private readonly restatements: Restatements,
    private readonly accounts: AccountStore,
    private readonly tree: AccountTree,
    private readonly identities: IdentityStore,
    private readonly messages: MessageStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly nudge: DueWorkNudge,
  ) {}

  /** Asks for the restatement of a known account. */
  async ask(accountId: string, reason: string): Promise<Restatement> {
    const restatement = await this.restatements.open(accountId, reason, this.clock.now());
    this.nudge.nudge();
    return restatement;
  }

  async nextDueAt(): Promise<Date | null> {
    return dueSince(await this.restatements.nextDueAt(), this.clock.now());
  }

  async runDue(): Promise<void> {
    while (await this.database.transaction((tx) => this.restateSome(tx)));
  }

  /** One batch; false when none is left that no other replica works on. */
  private async restateSome(tx: Transaction): Promise<boolean> {
    const one = await this.restatements.claim(tx);
    if (one === null) return false;
    const now = this.clock.now();
    // The lock keeps every other writer of the account's signals out until this batch is committed.
    await this.accounts.lock(tx, [{ id: one.accountId, earliest: now.getTime(), whole: false }]);
    const place = await this.tree.place(tx, one.accountId);
    const upTo = one.upTo ?? (await this.messages.lastPlace(tx));
    if (one.state === 'waiting') await this.mark(tx, 'perennial.account.reset.v1', one, place, now);
    // The signals of a merged account are told of the one it leads to: of itself there is nothing left to tell.
    const signals = isMerged(place) ? [] : await this.messages.replay(tx, await this.tree.family(tx, one.accountId), upTo, one.cursor, batchSize);
    const people = await this.identities.merged(tx, peopleIn(signals));
    if (signals.length > 0) await this.outbox.publish(tx, signalsTopic, signals.map((signal) => draftOf(asPeople({ ...signal, accountId: one.accountId }, people), undefined)));
    const last = signals.at(-1);
    const done = signals.length < batchSize;
    if (done) await this.mark(tx, 'perennial.account.restated.v1', one, place, now);
    killPoint('ingestion.restating');
    const cursor = last ? { occurredAt: last.occurredAt, id: last.id, sourceId: last.sourceId } : one.cursor;
    await this.restatements.progress(tx, one.id, { state: done ? 'done' : 'running', upTo, cursor, signals: signals.length, at: now });
    return true;
  }

  private async mark(tx: Transaction, type: 'perennial.account.reset.v1' | 'perennial.account.restated.v1', { accountId, reason, regrouped }: Restatement, place: Place | null, time: Date): Promise<void> {
    const mergedInto = isMerged(place) ? { mergedInto: place.mergedInto } : {};
    await this.outbox.publish(tx, signalsTopic, [{ type, key: accountId, data: { accountId, cause: 'restatement', reason, ...(regrouped ? { regrouped } : {}), ...mergedInto }, time }]);
  }
}

function isMerged(place: Place | null): place is Place & { mergedInto: string } {
  return place !== null && place.mergedInto !== null;
}
