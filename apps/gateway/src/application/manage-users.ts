import { Injectable } from '@nestjs/common';
import { usersTopic } from '@perennial/contracts/topics';
import { Outbox } from '@perennial/messaging/outbox';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { v7 as uuidv7 } from 'uuid';
import type { Role } from '../domain/roles.js';
import { normaliseEmail, wouldLeaveNoAdmin, type User } from '../domain/user.js';
import { hashPassword } from './passwords.js';
import { SessionStore } from './session-store.js';
import { UserStore } from './user-store.js';

export interface NewUser {
  readonly email: string;
  readonly name?: string | null | undefined;
  readonly role: Role;
  /** Without one the user cannot sign in by password. */
  readonly password?: string | undefined;
}

export interface UserChange {
  readonly name?: string | null | undefined;
  readonly role?: Role | undefined;
  readonly active?: boolean | undefined;
  readonly password?: string | undefined;
}

export type UserResult = { readonly kind: 'done'; readonly user: User } | { readonly kind: 'email-taken' } | { readonly kind: 'unknown' } | { readonly kind: 'last-admin' };

/** Makes and changes users, and tells the other services. */
@Injectable()
export class ManageUsers {
  constructor(
    private readonly database: Database,
    private readonly users: UserStore,
    private readonly sessions: SessionStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** In the caller's transaction. */
  async create(tx: Transaction, draft: NewUser): Promise<UserResult> {
    const user: User = { id: uuidv7(), email: normaliseEmail(draft.email), name: draft.name ?? null, role: draft.role, active: true, createdAt: this.clock.now() };
    const passwordHash = draft.password === undefined ? null : await hashPassword(draft.password);
    if (!(await this.users.insert(tx, user, passwordHash))) return { kind: 'email-taken' };
    await this.tell(tx, user);
    return { kind: 'done', user };
  }

  /** A new password, a new role or an inactive state ends the user's sessions. */
  async change(id: string, change: UserChange): Promise<UserResult> {
    const passwordHash = change.password === undefined ? undefined : await hashPassword(change.password);
    return this.database.transaction(async (tx) => {
      const others = await this.users.otherActiveAdmins(tx, id);
      const user = await this.users.load(tx, id);
      if (!user) return { kind: 'unknown' };
      if (wouldLeaveNoAdmin(user, change, others)) return { kind: 'last-admin' };
      const next: User = { ...user, name: change.name === undefined ? user.name : change.name, role: change.role ?? user.role, active: change.active ?? user.active };
      await this.users.save(tx, next, passwordHash);
      if (passwordHash !== undefined || next.role !== user.role || !next.active) await this.sessions.closeAll(tx, id);
      await this.tell(tx, next);
      return { kind: 'done', user: next };
    });
  }

  private async tell(tx: Transaction, { id, email, name, role, active }: User): Promise<void> {
    const data = { id, email, name, role, active };
    await this.outbox.publish(tx, usersTopic, [{ type: 'perennial.user.changed.v1', key: id, data, time: this.clock.now(), fingerprint: JSON.stringify(data) }]);
  }
}
