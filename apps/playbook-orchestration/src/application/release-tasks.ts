import { Injectable } from '@nestjs/common';
import type { ReceivedEvent } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { commandAll, type Desk, type Office } from '../domain/desk.js';
import type { Occasion } from '../domain/look-over.js';
import { Desks } from './desks.js';
import { OrchestrationStore } from './orchestration-store.js';

export interface UserChange {
  readonly id: string;
  readonly active: boolean;
  readonly occasion: Occasion;
  readonly cause: ReceivedEvent;
}

/** Keeps who is still there: open tasks of a user who was deactivated go to the unassigned queue. */
@Injectable()
export class ReleaseTasks {
  constructor(
    private readonly store: OrchestrationStore,
    private readonly desks: Desks,
  ) {}

  async follow(tx: Transaction, users: readonly UserChange[]): Promise<void> {
    await this.store.saveUsers(tx, users);
    const gone = users.filter((user) => !user.active);
    if (gone.length === 0) return;
    const accountIds = await this.store.accountsWithTasksOf(tx, gone.map((user) => user.id));
    const works = accountIds.flatMap((accountId) =>
      gone.map(({ id, occasion, cause }) => ({
        accountId, occasion, cause,
        work: (desk: Desk, office: Office) => commandAll(desk, { type: 'hand-over', from: id, to: null, at: occasion.at }, office),
      })),
    );
    await this.desks.work(tx, works);
  }
}
