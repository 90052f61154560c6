import type { Scope } from './scope.js';

/** What a person may do, by role. */
const reads = ['accounts:read', 'health:read', 'renewals:read', 'playbooks:read', 'notifications:read'] as const satisfies readonly Scope[];
const csm = [...reads, 'signals:write', 'accounts:write', 'health:write', 'renewals:write', 'playbooks:write'] as const satisfies readonly Scope[];

export const scopesOfRole = {
  viewer: reads,
  csm,
  manager: [...csm, 'notifications:write'],
  operator: [...reads, 'operate'],
  admin: [...csm, 'notifications:write', 'operate', 'admin'],
} as const satisfies Record<string, readonly Scope[]>;

export type Role = keyof typeof scopesOfRole;
export const roles = Object.keys(scopesOfRole) as Role[];
