import { isTransient } from '@perennial/persistence/is-transient';
import { PoisonRecord } from './batch-consumer.js';
import { Fatal } from './errors.js';

/**
 * - `transient`: repeat the chunk, later;
 * - `poison`: this record can never be applied;
 * - `fatal`: nothing a record did, somebody has to act: the partition stops;
 * - `unknown`: a few tries, then find the record.
 */
export type ErrorClass = 'transient' | 'poison' | 'fatal' | 'unknown';

/** SQLSTATE class 42: a table, column or right is missing. Every record would fail, none is to blame. */
const schemaFault = /^42/;

export function errorClass(error: unknown): ErrorClass {
  if (error instanceof PoisonRecord) return 'poison';
  if (error instanceof Fatal) return 'fatal';
  if (isTransient(error)) return 'transient';
  const code = sqlState(error);
  return code !== null && schemaFault.test(code) ? 'fatal' : 'unknown';
}

function sqlState(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code, driverError } = error as { code?: unknown; driverError?: unknown };
  if (typeof code === 'string' && code.length === 5) return code;
  return driverError === undefined ? null : sqlState(driverError);
}
