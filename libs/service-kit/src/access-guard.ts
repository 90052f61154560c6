import { ForbiddenException, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ProblemException } from './http/problem.js';
import { PUBLIC_ROUTE, REQUIRED_SCOPE, type Principal, type Scope } from './access.js';
import type { IdentityTokenVerifier } from './identity-token.js';

/** What the guard sees of a request. */
export interface AccessRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  principal?: Principal;
}

/** Tells who calls; null when nobody is known. Throws when the caller is known but must not go on. */
export type Authenticate = (request: AccessRequest) => Promise<Principal | null>;

/** Callers are known by the gateway's identity token: how every service but the gateway does it. */
export function byIdentityToken(verifier: IdentityTokenVerifier): Authenticate {
  return async ({ headers }) => {
    const token = bearerToken(headers['authorization']);
    return token === null ? null : verifier.verify(token);
  };
}

/** What a route declared about who may call it. */
export type Access = { readonly kind: 'public' } | { readonly kind: 'scope'; readonly scope: Scope } | { readonly kind: 'undeclared' };

/** Reads `@PublicRoute` and `@RequireScope` of a handler, else of its controller. */
export function declaredAccess(handler: object, controller: object): Access {
  for (const target of [handler, controller]) {
    if (Reflect.getMetadata(PUBLIC_ROUTE, target) === true) return { kind: 'public' };
    const scope = Reflect.getMetadata(REQUIRED_SCOPE, target) as Scope | undefined;
    if (scope !== undefined) return { kind: 'scope', scope };
  }
  return { kind: 'undeclared' };
}

/** True when `principal` may use a route that needs `scope`; `admin` holds all. */
export function allows(principal: Principal, scope: Scope): boolean {
  return principal.scopes.includes(scope) || principal.scopes.includes('admin');
}

/** The global guard: a route that declares nothing is refused to everyone. */
export class AccessGuard implements CanActivate {
  constructor(private readonly authenticate: Authenticate) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = declaredAccess(context.getHandler(), context.getClass());
    await this.check(context.switchToHttp().getRequest<AccessRequest>(), access);
    return true;
  }

  /** Who calls; null when nobody is known. Throws 403 when the caller is known but must not go on. */
  callerOf(request: AccessRequest): Promise<Principal | null> {
    return this.authenticate(request);
  }

  /** Puts the caller on the request, or throws 401 or 403. */
  async check(request: AccessRequest, access: Access): Promise<void> {
    if (access.kind === 'public') return;
    const principal = await this.callerOf(request);
    if (!principal) throw notSignedIn(request);
    if (access.kind === 'undeclared') throw new ForbiddenException('this route declares no scope, so nobody may use it');
    if (!allows(principal, access.scope)) throw new ProblemException(403, `this needs the scope ${access.scope}`, { code: 'scope_missing' });
    request.principal = principal;
  }
}

/** The 401 of a caller who is not known, alike for every key that does not hold. */
export function notSignedIn({ headers }: Pick<AccessRequest, 'headers'>): UnauthorizedException {
  return new UnauthorizedException(headers['authorization'] === undefined ? 'sign in, or send an API key' : 'the header Authorization holds no API key that is in force: it may be revoked or misspelt; send it as Bearer');
}

/** The token of an `Authorization: Bearer` header; null when there is none. */
export function bearerToken(header: string | string[] | undefined): string | null {
  const match = /^Bearer +([^\s]+)$/i.exec(typeof header === 'string' ? header : '');
  return match?.[1] ?? null;
}
