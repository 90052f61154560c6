import { EnvironmentReader, type Environment } from '@perennial/service-kit/environment';
import { lookupOf } from './domain/api-key.js';
import { backends, type Backend } from './domain/routing-table.js';

export interface GatewayConfig {
  /** Where the services are, without a closing slash. */
  readonly backendUrls: Readonly<Record<Backend, string>>;
  /** Ed25519 private key (JWK JSON) that identity tokens are signed with. */
  readonly identityPrivateKey: string;
  /** The origin that browsers see; cookies are `Secure` where it is https. */
  readonly publicUrl: string | null;
  /** Made at the first start, when no user is there yet. */
  readonly firstAdmin: { readonly email: string; readonly password: string } | null;
  /** An API key with every right, made when it is not there yet; revoked it stays revoked. */
  readonly firstApiKey: string | null;
}

const http = ['http:', 'https:'];
const urlVariable = (backend: Backend): string => `${backend.toUpperCase().replaceAll('-', '_')}_URL`;

/** SIGNAL_INGESTION_URL and the like, IDENTITY_PRIVATE_KEY, PUBLIC_URL, ADMIN_EMAIL, ADMIN_PASSWORD, FIRST_API_KEY. */
export function parseGatewayConfig(env: Environment): { config: GatewayConfig; faults: string[] } {
  const reader = new EnvironmentReader(env);
  const urls = backends.map((backend) => [backend, reader.url(urlVariable(backend), http).replace(/\/$/, '')] as const);
  const config: GatewayConfig = {
    backendUrls: Object.fromEntries(urls) as Record<Backend, string>,
    identityPrivateKey: privateKey(reader),
    publicUrl: reader.optional('PUBLIC_URL') === null ? null : reader.url('PUBLIC_URL', http),
    firstAdmin: firstAdmin(reader),
    firstApiKey: firstApiKey(reader),
  };
  return { config, faults: reader.faults };
}

function privateKey(reader: EnvironmentReader): string {
  const value = reader.text('IDENTITY_PRIVATE_KEY');
  if (value === '') return value;
  try {
    const key = JSON.parse(value) as { kty?: unknown; crv?: unknown; d?: unknown };
    if (key.kty === 'OKP' && key.crv === 'Ed25519' && typeof key.d === 'string') return value;
  } catch {
    // told below, like any other value that is no key
  }
  reader.faults.push('IDENTITY_PRIVATE_KEY must be an Ed25519 private key as JWK JSON');
  return '';
}

function firstAdmin(reader: EnvironmentReader): GatewayConfig['firstAdmin'] {
  const email = reader.optional('ADMIN_EMAIL');
  const password = reader.optional('ADMIN_PASSWORD');
  if (email === null && password === null) return null;
  if (email === null || password === null) reader.faults.push('ADMIN_EMAIL and ADMIN_PASSWORD go together');
  if (password !== null && password.length < 12) reader.faults.push('ADMIN_PASSWORD must have 12 characters or more');
  return { email: email ?? '', password: password ?? '' };
}

function firstApiKey(reader: EnvironmentReader): string | null {
  const key = reader.optional('FIRST_API_KEY');
  if (key !== null && lookupOf(key) === null) reader.faults.push('FIRST_API_KEY must be pk_, 8 letters or digits, _ and 32 letters or digits');
  return key;
}
