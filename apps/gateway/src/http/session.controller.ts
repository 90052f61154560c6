import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req, Res, UnauthorizedException } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PublicRoute } from '@perennial/service-kit/access';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { CONFIG } from '@perennial/service-kit/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthenticateCaller, sessionCookie, type Session } from '../application/authenticate.js';
import { csrfTokenOf } from '../application/secrets.js';
import { SignIn } from '../application/sign-in.js';
import type { GatewayConfig } from '../config.js';
import { scopesOfRole } from '../domain/roles.js';
import { bySession } from '../domain/session-security.js';
import { SessionResponse, SignInRequest } from './session.dto.js';

/** Signing in and out. Public, as everybody has to begin somewhere; each method looks at the cookie itself. */
@ApiTags('session')
@Controller('api/v1/session')
export class SessionController {
  constructor(
    private readonly signIn: SignIn,
    private readonly callers: AuthenticateCaller,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  @Post()
  @PublicRoute()
  @ApiOperation({ summary: 'Sign in with e-mail and password', description: 'Sets an httpOnly cookie. Too many failures are answered 429 with Retry-After.', security: [] })
  @ApiCreatedResponse({ type: SessionResponse, headers: { 'set-cookie': { description: 'The session; later calls send the cookie.', schema: { type: 'string' } } } })
  async open(@Body() { email, password }: SignInRequest, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<SessionResponse> {
    const result = await this.signIn.signIn(email, password, request.ip);
    if (result.kind === 'blocked') throw new ProblemException(429, 'too many failed sign-ins: wait and try again', { code: 'sign_in_blocked', retryAfterSeconds: result.retryAfterSeconds });
    if (result.kind === 'refused') throw new ProblemException(401, 'e-mail or password is wrong', { code: 'sign_in_refused' });
    void reply.setCookie(sessionCookie, result.token, { ...this.cookie(), expires: result.expiresAt });
    return view(result);
  }

  @Get()
  @PublicRoute()
  @ApiOperation({ summary: 'Who is signed in', security: [bySession('get')] })
  @ApiOkResponse({ type: SessionResponse })
  async read(@Req() request: FastifyRequest): Promise<SessionResponse> {
    return view(await this.session(request));
  }

  @Delete()
  @PublicRoute()
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign out', security: [bySession('delete')] })
  @ApiNoContentResponse({ description: 'The session has ended.' })
  async close(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const session = await this.session(request);
    // Checks the CSRF token of a call by cookie.
    await this.callers.authenticate(request);
    await this.signIn.signOut(session.token, session.user, request.ip);
    void reply.clearCookie(sessionCookie, this.cookie());
  }

  private async session(request: FastifyRequest): Promise<Session> {
    const session = await this.callers.sessionOf(request);
    if (!session) throw new UnauthorizedException('nobody is signed in');
    return session;
  }

  private cookie(): { httpOnly: true; sameSite: 'strict'; path: '/'; secure: boolean } {
    return { httpOnly: true, sameSite: 'strict', path: '/', secure: this.config.publicUrl?.startsWith('https:') ?? false };
  }
}

function view({ user, token, expiresAt }: Session): SessionResponse {
  return { userId: user.id, email: user.email, name: user.name, role: user.role, scopes: scopesOfRole[user.role], csrfToken: csrfTokenOf(token), expiresAt: expiresAt.toISOString() };
}
