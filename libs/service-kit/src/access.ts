import { SetMetadata, createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** Scopes of API keys and roles. */
export const scopes = [
  'signals:write', 'accounts:read', 'accounts:write', 'health:read', 'health:write', 'renewals:read', 'renewals:write',
  'playbooks:read', 'playbooks:write', 'notifications:read', 'notifications:write', 'operate', 'admin',
] as const;
export type Scope = (typeof scopes)[number];

/** Who calls, as the gateway's identity token says. */
export interface Principal {
  /** User id, API key id or `service:<name>`. */
  readonly sub: string;
  readonly role: string | null;
  readonly scopes: readonly Scope[];
}

export const REQUIRED_SCOPE = 'perennial:required-scope';
export const PUBLIC_ROUTE = 'perennial:public-route';

/** The scope a route needs; `admin` holds all. A route with neither this nor `@PublicRoute` is refused to everyone. */
export const RequireScope = (scope: Scope) => SetMetadata(REQUIRED_SCOPE, scope);
/** A route that checks its callers itself (write keys) or has nothing to protect (probes). */
export const PublicRoute = () => SetMetadata(PUBLIC_ROUTE, true);

export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<{ principal?: Principal }>();
  if (!principal) throw new Error('no principal: the route is public, so it has none');
  return principal;
});
