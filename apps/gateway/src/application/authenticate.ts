import { Injectable } from '@nestjs/common';
import type { Principal } from '@perennial/service-kit/access';
import { bearerToken, type AccessRequest } from '@perennial/service-kit/access-guard';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { scopesOfRole } from '../domain/roles.js';
import type { User } from '../domain/user.js';
import { ManageApiKeys } from './manage-api-keys.js';
import { csrfTokenOf, sameText, sha256 } from './secrets.js';
import { SessionStore } from './session-store.js';

export const sessionCookie = 'perennial_session';
export const csrfHeader = 'x-csrf-token';

/** A caller's session, as its cookie told. */
export interface Session {
  readonly token: string;
  readonly user: User;
  readonly expiresAt: Date;
}

export interface CookieRequest extends AccessRequest {
  readonly cookies?: Readonly<Record<string, string | undefined>>;
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Tells who calls the gateway: an API key in `Authorization`, or else a session's cookie. */
@Injectable()
export class AuthenticateCaller {
  constructor(
    private readonly apiKeys: ManageApiKeys,
    private readonly sessions: SessionStore,
  ) {}

  /** Null when nobody is known. Throws 403 for an unsafe call by cookie without the session's CSRF token. */
  async authenticate(request: CookieRequest): Promise<Principal | null> {
    // Whoever sends an Authorization header means it: its failure is not mended by a cookie.
    if (request.headers['authorization'] !== undefined) {
      const token = bearerToken(request.headers['authorization']);
      const key = token === null ? null : await this.apiKeys.recognise(token);
      return key && { sub: key.id, role: null, scopes: key.scopes };
    }
    const session = await this.sessionOf(request);
    if (!session) return null;
    if (!safeMethods.has(request.method)) {
      const sent = request.headers[csrfHeader];
      if (typeof sent !== 'string' || !sameText(sent, csrfTokenOf(session.token))) throw new ProblemException(403, `send the session's csrfToken in the header ${csrfHeader}`, { code: 'csrf_token_missing' });
    }
    const { id, role } = session.user;
    return { sub: id, role, scopes: scopesOfRole[role] };
  }

  /** The session of the request's cookie; null when there is none that holds. */
  async sessionOf(request: CookieRequest): Promise<Session | null> {
    const token = request.cookies?.[sessionCookie];
    if (!token) return null;
    const found = await this.sessions.find(sha256(token));
    return found && { token, ...found };
  }
}
