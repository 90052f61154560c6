import { scopes } from '@perennial/service-kit/access';
import { roles, scopesOfRole } from './roles.js';
import { allScopes } from './scope.js';

describe('roles', () => {
  it('know exactly the scopes of the kit', () => expect(allScopes).toEqual(scopes));
  it('admin holds every scope, once', () => expect(scopesOfRole.admin.toSorted()).toEqual(scopes.toSorted()));
  it('only admin may administer', () => expect(roles.filter((role) => (scopesOfRole[role] as readonly string[]).includes('admin'))).toEqual(['admin']));
  it('a viewer reads only', () => expect(scopesOfRole.viewer.every((scope) => scope.endsWith(':read'))).toBe(true));
});
