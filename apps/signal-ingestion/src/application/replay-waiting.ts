import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { dueSince, type DueWork, RunsDueWork } from '@perennial/service-kit/due-work';
import type { Resolved } from '../domain/arrival.js';
import { IdentityStore } from './identity-store.js';
import { MessageStore } from './message-store.js';
import { RecordSignals } from './record-signals.js';
import { ReplayQueue } from './replay-queue.js';

const batchSize = 500;

/** Publishes the signals of people who got an account after they had sent them, each in the trace it came in. */
@Injectable()
@RunsDueWork()
export class ReplayWaiting implements DueWork {
  constructor(
    private readonly database: Database,
    private readonly queue: ReplayQueue,
    private readonly identities: IdentityStore,
    private readonly messages: MessageStore,
    private readonly recordSignals: RecordSignals,
    private readonly clock: Clock,
  ) {}

  async nextDueAt(): Promise<Date | null> {
    return dueSince(await this.queue.nextDueAt(), this.clock.now());
  }

  async runDue(): Promise<void> {
    while (await this.database.transaction((tx) => this.replaySome(tx)));
  }

  /** One batch of one person; false when nobody is left whom no other replica works on. */
  private async replaySome(tx: Transaction): Promise<boolean> {
    const key = await this.queue.claim(tx);
    if (key === null) return false;
    const person = (await this.identities.lock(tx, [key], this.clock.now())).find((identity) => identity.aliasOf === null);
    if (!person?.accountId) {
      // Joined to somebody else meanwhile, who then waits under a name of their own.
      await this.queue.done(tx, key);
      return true;
    }
    const { accountId } = person;
    const keys = await this.identities.keysOf(tx, person.key);
    const waiting = await this.messages.waiting(tx, keys, batchSize);
    const resolved: Resolved[] = waiting.map(({ arrival }) => ({ arrival, personKey: person.key, accountId: person.accountId, joinsAccount: false }));
    const { signals } = await this.recordSignals.record(tx, resolved, (at) => waiting[at]);
    await this.messages.place(tx, keys, [...signals.values()], accountId);
    await this.identities.replayed(tx, person.key, waiting.length);
    if (waiting.length < batchSize) await this.queue.done(tx, key);
    return true;
  }
}
