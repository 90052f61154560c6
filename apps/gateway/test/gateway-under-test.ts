import { IdentityTokenVerifier, newIdentityKeys } from '@perennial/service-kit/identity-token';
import type { Principal } from '@perennial/service-kit/access';
import { startTestService, type TestService } from '@perennial/testing/service';
import { backends, type Backend } from '../src/domain/routing-table.js';
import { allScopes, type Scope } from '../src/domain/scope.js';
import { ensureAdmin, ensureApiKey, gateway, newApiKey, type GatewayOptions } from '../src/service.js';
import { BackendFake } from './backend-fake.js';

export const admin = { email: 'admin@example.com', password: 'correct horse battery' };

export interface Caller {
  readonly cookie: string;
  readonly csrfToken: string;
}

/** A gateway with five fakes behind it, an admin and an API key that holds every scope. */
export class GatewayUnderTest {
  private constructor(
    readonly service: TestService,
    readonly fakes: Record<Backend, BackendFake>,
    readonly apiKey: string,
    private readonly publicJwk: string,
  ) {}

  static async start(options: GatewayOptions = {}, env: Record<string, string> = {}, logTo?: { write(line: string): void }): Promise<GatewayUnderTest> {
    const fakes = Object.fromEntries(await Promise.all(backends.map(async (name) => [name, await BackendFake.start(name)] as const))) as Record<Backend, BackendFake>;
    const keys = await newIdentityKeys();
    const urls = Object.fromEntries(backends.map((name) => [`${name.toUpperCase().replaceAll('-', '_')}_URL`, fakes[name].url]));
    const service = await startTestService(gateway(options), { env: { ...urls, IDENTITY_PRIVATE_KEY: keys.privateJwk, ...env }, ...(logTo === undefined ? {} : { logTo }) });
    const apiKey = newApiKey();
    await ensureAdmin(service.running, admin.email, admin.password);
    await ensureApiKey(service.running, apiKey, 'all', allScopes);
    return new GatewayUnderTest(service, fakes, apiKey, keys.publicJwk);
  }

  get url(): string {
    return this.service.running.url;
  }

  /** A call with an API key (default: the one with all scopes; null: none). */
  call(method: string, path: string, options: { key?: string | null; body?: unknown; headers?: Record<string, string> } = {}) {
    const key = options.key === undefined ? this.apiKey : options.key;
    return this.service.request(method, path, { ...(options.body === undefined ? {} : { body: options.body }), headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...options.headers } });
  }

  async newKey(scopes: readonly Scope[]): Promise<string> {
    const key = newApiKey();
    await ensureApiKey(this.service.running, key, scopes.join(' '), scopes);
    return key;
  }

  async signIn(email = admin.email, password = admin.password): Promise<Caller> {
    const { status, headers, body } = await this.service.request('POST', '/api/v1/session', { body: { email, password } });
    if (status !== 201) throw new Error(`sign-in answered ${status}`);
    return { cookie: String(headers['set-cookie']).split(';', 1)[0] ?? '', csrfToken: body.csrfToken as string };
  }

  /** The caller that a service's identity token names; null when the token is not for that service. */
  async principalSeenBy(backend: Backend): Promise<Principal | null> {
    const verifier = await IdentityTokenVerifier.fromJwk(this.publicJwk, backend);
    const header = this.fakes[backend].last().headers.authorization ?? '';
    return verifier.verify(header.replace(/^Bearer /, ''));
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await Promise.all(Object.values(this.fakes).map((fake) => fake.stop()));
  }
}
