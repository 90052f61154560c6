import type { Role } from './roles.js';

/** Somebody who may sign in. */
export interface User {
  readonly id: string;
  /** Lower case. */
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  /** Inactive users keep their id, so that tasks and audits go on naming them, but cannot sign in. */
  readonly active: boolean;
  readonly createdAt: Date;
}

/** E-mails are compared without case and surrounding space. */
export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** True when the system would be left without an active admin if `change` were made to `user`. */
export function wouldLeaveNoAdmin(user: User, change: { readonly role?: Role | undefined; readonly active?: boolean | undefined }, otherActiveAdmins: number): boolean {
  const isAdmin = user.active && user.role === 'admin';
  const staysAdmin = (change.active ?? user.active) && (change.role ?? user.role) === 'admin';
  return isAdmin && !staysAdmin && otherActiveAdmins === 0;
}
