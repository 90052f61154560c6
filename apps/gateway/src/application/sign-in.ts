import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import type { AuditEntry } from '../domain/audit-chain.js';
import { normaliseEmail, type User } from '../domain/user.js';
import { passwordFits } from './passwords.js';
import { newSessionToken, sha256 } from './secrets.js';
import { SessionStore } from './session-store.js';
import { SignInGuard, type CountedSubject } from './sign-in-guard.js';
import { UserStore } from './user-store.js';

/** A session ends this long after the sign-in. */
export const sessionSeconds = 12 * 3_600;

export type SignInResult =
  | { readonly kind: 'signed-in'; readonly user: User; readonly token: string; readonly expiresAt: Date }
  | { readonly kind: 'refused' }
  | { readonly kind: 'blocked'; readonly retryAfterSeconds: number };

/** Opens and closes sessions; every try leaves a line in the audit. */
@Injectable()
export class SignIn {
  constructor(
    private readonly database: Database,
    private readonly users: UserStore,
    private readonly sessions: SessionStore,
    private readonly guard: SignInGuard,
    private readonly clock: Clock,
  ) {}

  /** `address`: where the caller connects from. Unknown e-mail, wrong password and inactive user look the same. */
  async signIn(typedEmail: string, password: string, address: string): Promise<SignInResult> {
    const email = normaliseEmail(typedEmail);
    const subjects = subjectsOf(email, address);
    const line = (event: AuditEntry['event'], userId: string | null): AuditEntry => ({ at: this.clock.now().toISOString(), event, userId, emailHash: sha256(email).toString('hex'), address });

    const blocked = await this.guard.blockedFor(subjects);
    if (blocked > 0) {
      await this.database.transaction((tx) => this.guard.audit(tx, line('sign_in_blocked', null)));
      return { kind: 'blocked', retryAfterSeconds: blocked };
    }
    const found = await this.users.credentialsOf(email);
    const fits = await passwordFits(found?.passwordHash ?? null, password);
    if (!found || !fits || !found.user.active) {
      await this.database.transaction(async (tx) => {
        await this.guard.failed(tx, subjects);
        await this.guard.audit(tx, line('sign_in_refused', found?.user.id ?? null));
      });
      return { kind: 'refused' };
    }
    const token = newSessionToken();
    const expiresAt = await this.database.transaction(async (tx) => {
      await this.guard.succeeded(tx, subjects);
      await this.guard.audit(tx, line('sign_in', found.user.id));
      return this.sessions.open(tx, found.user.id, sha256(token), sessionSeconds);
    });
    return { kind: 'signed-in', user: found.user, token, expiresAt };
  }

  async signOut(token: string, user: User, address: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.sessions.close(tx, sha256(token));
      await this.guard.audit(tx, { at: this.clock.now().toISOString(), event: 'sign_out', userId: user.id, emailHash: sha256(user.email).toString('hex'), address });
    });
  }
}

function subjectsOf(email: string, address: string): CountedSubject[] {
  return [
    { counted: 'e-mail-and-address', subject: sha256(`pair ${email} ${address}`) },
    { counted: 'e-mail', subject: sha256(`e-mail ${email}`) },
    { counted: 'address', subject: sha256(`address ${address}`) },
  ];
}
