import { EnvironmentReader, type Environment } from './environment.js';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Which log a process talks over. */
export type LogSettings = { readonly kind: 'kafka'; readonly brokers: readonly string[] } | { readonly kind: 'postgres'; readonly url: string };

/** Settings that every service has when it runs as a process of its own. */
export interface ProcessSettings {
  readonly databaseUrl: string;
  readonly log: LogSettings;
  readonly identityPublicKey: string;
  readonly host: string;
  readonly port: number;
  readonly poolSize: number;
  readonly logLevel: (typeof logLevels)[number];
  /** Time between "not ready" and closing the listener, for load balancers to notice. */
  readonly drainDelayMs: number;
}

const postgres = ['postgres:', 'postgresql:'];

/** Reads the settings of a process; `faults` names every variable that is wrong. */
export function processSettings(env: Environment): { settings: ProcessSettings; faults: string[] } {
  const reader = new EnvironmentReader(env);
  const settings: ProcessSettings = {
    databaseUrl: reader.url('DATABASE_URL', postgres),
    log: logSettings(reader),
    identityPublicKey: publicKey(reader),
    host: reader.text('HOST', '0.0.0.0'),
    port: reader.integer('PORT', { fallback: 8080, max: 65_535 }),
    poolSize: reader.integer('DATABASE_POOL_SIZE', { fallback: 10, min: 2, max: 100 }),
    logLevel: reader.oneOf('LOG_LEVEL', logLevels, 'info'),
    drainDelayMs: reader.integer('DRAIN_DELAY_MS', { fallback: 0, max: 8_000 }),
  };
  return { settings, faults: reader.faults };
}

function logSettings(reader: EnvironmentReader): LogSettings {
  const brokers = reader.optional('KAFKA_BROKERS');
  if (brokers === null && reader.optional('LOG_DATABASE_URL') === null) {
    reader.faults.push('KAFKA_BROKERS or LOG_DATABASE_URL is required');
    return { kind: 'kafka', brokers: [] };
  }
  if (brokers === null) return { kind: 'postgres', url: reader.url('LOG_DATABASE_URL', postgres) };
  const list = brokers.split(',').map((broker) => broker.trim());
  if (list.some((broker) => !/^[^\s:]+:\d{1,5}$/.test(broker))) reader.faults.push('KAFKA_BROKERS must be a list of HOST:PORT with commas between');
  return { kind: 'kafka', brokers: list };
}

function publicKey(reader: EnvironmentReader): string {
  const value = reader.text('IDENTITY_PUBLIC_KEY');
  if (value === '') return value;
  try {
    const key = JSON.parse(value) as { kty?: unknown; crv?: unknown; x?: unknown };
    if (key.kty === 'OKP' && key.crv === 'Ed25519' && typeof key.x === 'string') return value;
  } catch {
    // told below, like any other value that is no key
  }
  reader.faults.push('IDENTITY_PUBLIC_KEY must be an Ed25519 public key as JWK JSON');
  return '';
}
