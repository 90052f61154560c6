import type { SignalData } from '@perennial/contracts/signal';

export type Role = NonNullable<SignalData['person']['roles']>[number];
/** A set of roles as bits. */
export type RoleSet = number;

const bits: Readonly<Record<Role, RoleSet>> = { executive_sponsor: 1, budget_holder: 2, champion: 4, power_user: 8, influencer: 16, user: 32 };

export const roleSet = (roles: readonly Role[]): RoleSet => roles.reduce((set, role) => set | bits[role], 0);
export const hasRole = (set: RoleSet, role: Role): boolean => (set & bits[role]) !== 0;
/** One of the five roles; `user` is none. */
export const isStakeholder = (set: RoleSet): boolean => (set & 31) !== 0;
/** Executive sponsor, budget holder or champion. */
export const isDecisionMaker = (set: RoleSet): boolean => (set & 7) !== 0;

/** The roles of a set, in the order of the list. */
export const rolesIn = (set: RoleSet): Role[] => (Object.keys(bits) as Role[]).filter((role) => hasRole(set, role));

export const roleText: Readonly<Record<Role, string>> = {
  executive_sponsor: 'executive sponsor', budget_holder: 'budget holder', champion: 'champion', power_user: 'power user', influencer: 'influencer', user: 'user',
};
