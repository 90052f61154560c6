import type { AccountState } from '@perennial/contracts/account';
import type { SignalData } from '@perennial/contracts/signal';
import { isNewer, type Stamp, type Stamps } from './latest-wins.js';

export type Role = NonNullable<SignalData['person']['roles']>[number];

/** A person at an account. */
export interface Contact {
  readonly accountId: string;
  readonly personId: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly title: string | null;
  readonly company: string | null;
  readonly status: 'active' | 'deactivated' | 'bounced' | 'departed';
  /** Roles as last stated whole. */
  readonly roles: readonly Role[];
  /** Roles named one by one at meetings. */
  readonly namedRoles: { readonly [R in Role]?: Stamp };
  readonly stamps: Stamps;
}

export function newContact(accountId: string, personId: string): Contact {
  return { accountId, personId, name: null, email: null, title: null, company: null, status: 'active', roles: [], namedRoles: {}, stamps: {} };
}

const textFields = ['name', 'email', 'title', 'company'] as const;
const statusOf = { created: 'active', updated: 'active', deactivated: 'deactivated', bounced: 'bounced', departed: 'departed' } as const;

/** Takes over what a `person` signal says, field by field the latest. */
export function tellPerson(contact: Contact, data: SignalData['person'], stamp: Stamp): Contact {
  const values: Record<string, unknown> = {};
  const stamps: Record<string, Stamp> = {};
  const set = (field: string, value: unknown) => {
    if (value === undefined || !isNewer(stamp, contact.stamps, field)) return;
    values[field] = value;
    stamps[field] = stamp;
  };
  for (const field of textFields) set(field, data[field]);
  set('status', statusOf[data.change]);
  set('roles', data.roles);
  return { ...contact, ...values, stamps: { ...contact.stamps, ...stamps } };
}

/** A role named at a meeting is added, unless the roles were stated whole later. */
export function nameRole(contact: Contact, role: Role, stamp: Stamp): Contact {
  const known = contact.namedRoles[role];
  return known !== undefined && known >= stamp ? contact : { ...contact, namedRoles: { ...contact.namedRoles, [role]: stamp } };
}

/** Two records of one person as one: per field what was told last. The place is that of `contact`. */
export function mergeContacts(contact: Contact, other: Contact): Contact {
  const values: Record<string, unknown> = {};
  const stamps: Record<string, Stamp> = {};
  for (const [field, stamp] of Object.entries(other.stamps)) {
    if (!isNewer(stamp, contact.stamps, field)) continue;
    values[field] = other[field as keyof Contact];
    stamps[field] = stamp;
  }
  const namedRoles = { ...contact.namedRoles };
  for (const [role, stamp] of Object.entries(other.namedRoles) as [Role, Stamp][]) if ((namedRoles[role] ?? '') < stamp) namedRoles[role] = stamp;
  return { ...contact, ...values, namedRoles, stamps: { ...contact.stamps, ...stamps } };
}

/** By weight of a decision: the first fifty stakeholders of an account travel with its state. */
export const roleNames = ['executive_sponsor', 'budget_holder', 'champion', 'power_user', 'influencer', 'user'] as const satisfies readonly Role[];
const rank: readonly Role[] = roleNames;

/** All roles the contact holds, the weightiest first. */
export function rolesOf(contact: Contact): Role[] {
  const stated = contact.stamps['roles'] ?? '';
  return rank.filter((role) => contact.roles.includes(role) || (contact.namedRoles[role] ?? '') > stated);
}

/** 0 (sponsor) to 4; null for who holds none of the five roles: `user` is none. */
export function stakeholderRank(contact: Contact): number | null {
  const first = rolesOf(contact)[0];
  return first === undefined || first === 'user' ? null : rank.indexOf(first);
}

export function stakeholderOf(contact: Contact): AccountState['stakeholders'][number] {
  return { personId: contact.personId, name: contact.name, title: contact.title, roles: rolesOf(contact) };
}
