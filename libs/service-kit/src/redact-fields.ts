import { redactText } from '@perennial/messaging/redact';

/** Fields whose values never reach a log, wherever they stand. Compared without case, `-` and `_`. */
const secretFields = ['authorization', 'cookie', 'setcookie', 'password', 'secret', 'token', 'apikey', 'writekey', 'privatekey', 'csrf', 'csrftoken', 'session', 'identitytoken', 'headers'];
/** Fields that hold what customers say, or who they are. Ids of accounts are no personal data; ids of people are. */
const personalFields = ['email', 'phone', 'ip', 'name', 'firstname', 'lastname', 'userid', 'personid', 'anonymousid', 'messageid', 'payload', 'traits', 'properties', 'data', 'body', 'text', 'comment', 'parameters', 'detail', 'values'];
const hidden: ReadonlySet<string> = new Set([...secretFields, ...personalFields]);
/** Levels of a line at most. */
const deepest = 6;

export const censored = '[redacted]';

export interface SerializedError {
  type: string;
  message: string;
  stack?: string;
  code?: string;
  cause?: SerializedError;
}

/** Only what explains an error: drivers hang statements, parameters and rows on theirs. */
export function serializeError(error: Error, depth = 0): SerializedError {
  const code = (error as { code?: unknown }).code;
  return {
    type: error.name,
    message: redactText(error.message),
    ...(error.stack && depth === 0 ? { stack: redactText(error.stack) } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.cause instanceof Error && depth < 3 ? { cause: serializeError(error.cause, depth + 1) } : {}),
  };
}

/** Fields of a line as they may be written: secrets and personal data out by name, what gives itself away in texts by its looks. */
export function redactFields(fields: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, hidden.has(name.toLowerCase().replaceAll(/[-_]/g, '')) ? censored : redactValue(value, depth)]));
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (value instanceof Error) return serializeError(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  // Bytes are somebody's content, whatever they are.
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= deepest) return '[deeper]';
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  return redactFields(value as Record<string, unknown>, depth + 1);
}
