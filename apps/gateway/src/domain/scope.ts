/** Scopes of API keys and roles; the kit's list is the same, and a test holds them together. */
export const allScopes = [
  'signals:write', 'accounts:read', 'accounts:write', 'health:read', 'health:write', 'renewals:read', 'renewals:write',
  'playbooks:read', 'playbooks:write', 'notifications:read', 'notifications:write', 'operate', 'admin',
] as const;
export type Scope = (typeof allScopes)[number];
