import { signalsTopic } from '@perennial/contracts/topics';
import { EnvironmentReader, type Environment } from '@perennial/service-kit/environment';
import { isWriteKey } from './application/write-key.js';
import type { SignalRules } from './domain/signal-rules.js';

export interface SignalIngestionConfig {
  readonly rules: SignalRules;
  /** Bytes of accepted bodies that may wait for the log at one time; above it the edge answers 503. */
  readonly edgeBufferBytes: number;
  /** Requests a second that the edge takes of one sender; above it the answer is 429. Counted by each process for itself. */
  readonly requestsPerSecond: number;
  /** How often the edge asks for new and revoked write keys, ms. */
  readonly writeKeyPollMs: number;
  /** How long messages are kept after they were taken, days: timelines, and what a restatement can tell again. */
  readonly signalsKeptDays: number;
  /** How long rejected items are listed, days. */
  readonly rejectedKeptDays: number;
  /** How long restatements are kept after they were finished, days. */
  readonly restatementsKeptDays: number;
  /** Write key of a source that is made at the first start. */
  readonly firstWriteKey: string | null;
  /** AES-256 key that secrets of webhook sources are sealed with; null: none can be kept, so none can be made. */
  readonly sourceSecretsKey: Buffer | null;
  /** Address under which others reach the system: some senders sign it. */
  readonly publicUrl: string | null;
  /** Bytes that the file of an import may have. */
  readonly importMaxBytes: number;
}

export function parseSignalIngestionConfig(env: Environment): { config: SignalIngestionConfig; faults: string[] } {
  const reader = new EnvironmentReader(env);
  const currency = reader.text('REPORTING_CURRENCY', 'USD');
  if (!/^[A-Z]{3}$/.test(currency)) reader.faults.push('REPORTING_CURRENCY must be an ISO 4217 code, e.g. EUR');
  const firstWriteKey = reader.optional('FIRST_WRITE_KEY');
  if (firstWriteKey !== null && !isWriteKey(firstWriteKey)) reader.faults.push('FIRST_WRITE_KEY must be wk_ and 32 letters, digits, - or _');
  const key = reader.optional('SOURCE_SECRETS_KEY');
  const sourceSecretsKey = key === null ? null : Buffer.from(key, 'base64url');
  if (sourceSecretsKey !== null && sourceSecretsKey.length !== 32) reader.faults.push('SOURCE_SECRETS_KEY must be 32 bytes in base64');
  const config = {
    rules: { currency },
    edgeBufferBytes: reader.integer('EDGE_BUFFER_BYTES', { fallback: 32 * 1024 * 1024, min: 1024 * 1024 }),
    requestsPerSecond: reader.integer('INGEST_REQUESTS_PER_SECOND', { fallback: 1000, min: 1, max: 10_000_000 }),
    writeKeyPollMs: reader.integer('WRITE_KEY_POLL_MS', { fallback: 2000, min: 100, max: 60_000 }),
    // As long as the topic; the last two weeks are the record against duplicates.
    signalsKeptDays: reader.integer('SIGNALS_KEPT_DAYS', { fallback: signalsTopic.retentionDays ?? 400, min: 15, max: 36_500 }),
    // Longer than telemetry is: an item that is read from the log again is the same row.
    rejectedKeptDays: reader.integer('REJECTED_KEPT_DAYS', { fallback: 30, min: 8, max: 36_500 }),
    restatementsKeptDays: reader.integer('RESTATEMENTS_KEPT_DAYS', { fallback: 90, min: 1, max: 36_500 }),
    firstWriteKey,
    sourceSecretsKey,
    publicUrl: reader.optional('PUBLIC_URL') === null ? null : reader.url('PUBLIC_URL', ['http:', 'https:']),
    importMaxBytes: reader.integer('IMPORT_MAX_BYTES', { fallback: 2 * 1024 ** 3, min: 1024, max: 1024 ** 4 }),
  };
  return { config, faults: reader.faults };
}
