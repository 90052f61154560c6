import { types } from 'node:util';
import { Transient } from './errors.js';

/** SQLSTATE classes and codes after which the same work can succeed (PostgreSQL manual, appendix A). */
const transientStates = [
  /^08/, // connection exception
  /^53/, // insufficient resources: too many connections, disk full, out of memory
  /^58/, // system error: I/O
  /^40(001|P01|003)$/, // serialisation failure, deadlock, statement completion unknown
  /^57P0[1-5]$/, // shutting down, crashed, starting up, database dropped under us, idle session timeout
  /^55P03$/, // lock timeout
  /^25(006|P03|P04)$/, // a standby after a failover; transaction ended by a timeout of the server
];

const transientSystemCodes = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EMFILE',
]);

/** What pg says without a code when a connection is lost, or none can be had in time. */
const transientMessages =
  /^(Connection terminated|Client has encountered a connection error|timeout (expired|exceeded when trying to connect)|Query read timeout|Client was closed and is not queryable)/;

interface CodedError {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly driverError?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** The error itself and everything it wraps: TypeORM's driverError, causes, members of an AggregateError. */
function* chain(error: unknown, depth = 0): Generator<Error & CodedError> {
  // By what it is, not by class: under a test runner Node's own errors come from another realm.
  if (!(error instanceof Error || types.isNativeError(error)) || depth > 5) return;
  const coded: Error & CodedError = error;
  yield coded;
  yield* chain(coded.driverError, depth + 1);
  yield* chain(coded.cause, depth + 1);
  if (Array.isArray(coded.errors)) for (const inner of coded.errors) yield* chain(inner, depth + 1);
}

function isTransientItself(error: Error & CodedError): boolean {
  if (error instanceof Transient || transientMessages.test(error.message)) return true;
  if (typeof error.code !== 'string') return false;
  // A unix socket that is not there yet; ENOENT of a file is something else.
  if (error.code === 'ENOENT') return error.syscall === 'connect';
  return transientSystemCodes.has(error.code) || (error.code.length === 5 && transientStates.some((state) => state.test(error.code as string)));
}

/** True when the database is away, busy or changed sides: repeating the whole transaction can succeed. */
export function isTransient(error: unknown): boolean {
  for (const link of chain(error)) if (isTransientItself(link)) return true;
  return false;
}

/** True for a deadlock or a serialisation failure: the transaction may be run again at once. */
export function isConflict(error: unknown): boolean {
  for (const link of chain(error)) if (link.code === '40001' || link.code === '40P01') return true;
  return false;
}

/** The error as callers are to see it: `Transient` around what will pass, anything else as it is. */
export function classified(error: unknown): unknown {
  if (error instanceof Transient || !isTransient(error)) return error;
  return new Transient(`database: ${(error as Error).message}`, { cause: error });
}
