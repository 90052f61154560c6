import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import canonicalize from 'canonicalize';
import type { Principal } from './access.js';
import { ProblemException } from './http/problem.js';

/** One call that its sender may repeat without repeating the effect. */
export interface IdempotentCall {
  readonly principal: string;
  /** Method and path as called. */
  readonly route: string;
  readonly key: string;
  /** SHA-256 of the canonical body (RFC 8785). */
  readonly bodyHash: Buffer;
}

interface KeyedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: unknown;
  readonly principal?: Principal;
}

/** The call's `Idempotency-Key` as a parameter of a route method; null when the sender gave none. */
export const Idempotent = createParamDecorator((_: unknown, context: ExecutionContext): IdempotentCall | null => idempotentCall(context.switchToHttp().getRequest<KeyedRequest>()));

/** Reads the header; 400 when it is not 1 to 255 visible characters. */
export function idempotentCall(request: KeyedRequest): IdempotentCall | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) throw new ProblemException(400, 'Idempotency-Key must be 1 to 255 visible ASCII characters', { code: 'invalid_idempotency_key' });
  return {
    principal: request.principal?.sub ?? 'anonymous',
    route: `${request.method} ${request.url.split('?', 1)[0]}`,
    key,
    bodyHash: sha256(canonicalize(request.body ?? null) ?? 'null'),
  };
}

interface StoredCall {
  body_hash: Buffer | null;
  answer: Buffer | null;
}

/**
 * Runs `effect` once per call: within 24 h (by the database's clock) the same call is answered as the
 * first was, from the row written in the effect's transaction. The same key with another body is 422.
 * Without a key (`call` null) the effect just runs. The answer is kept encrypted under the sender's key,
 * of which only a hash is stored: secrets that are shown once stay unreadable at rest. Of the route a hash is
 * stored too: addresses name people.
 */
export async function once<T>(tx: Transaction, call: IdempotentCall | null, effect: () => Promise<T>): Promise<T> {
  if (call === null) return effect();
  const id = [call.principal, sha256(call.route).toString('base64url'), sha256(call.key)];
  await tx.query({ name: 'idempotency_expire', text: `DELETE FROM idempotency_keys WHERE ctid IN (SELECT ctid FROM idempotency_keys WHERE created_at < now() - interval '24 hours' LIMIT 100 FOR UPDATE SKIP LOCKED)` });
  // Waits while another transaction holds the same key, then sees its row.
  const taken = await tx.query({ name: 'idempotency_take', text: 'INSERT INTO idempotency_keys (principal, route, key_hash, body_hash) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING true AS taken', values: [...id, call.bodyHash] });
  if (taken.length === 0) {
    const [stored] = await tx.query<StoredCall>({ name: 'idempotency_read', text: 'SELECT body_hash, answer FROM idempotency_keys WHERE principal = $1 AND route = $2 AND key_hash = $3', values: id });
    if (!stored?.body_hash?.equals(call.bodyHash)) throw new ProblemException(422, 'this Idempotency-Key was used with another body', { code: 'idempotency_key_reused' });
    return decrypt<T>(call, stored.answer);
  }
  const answer = await effect();
  await tx.query({ name: 'idempotency_answer', text: 'UPDATE idempotency_keys SET answer = $4 WHERE principal = $1 AND route = $2 AND key_hash = $3', values: [...id, encrypt(call, answer)] });
  return answer;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
const secretOf = (call: IdempotentCall): Buffer => Buffer.from(hkdfSync('sha256', call.key, call.principal, `idempotency ${call.route}`, 32));

function encrypt(call: IdempotentCall, answer: unknown): Buffer | null {
  if (answer === undefined) return null;
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', secretOf(call), iv);
  return Buffer.concat([iv, cipher.update(JSON.stringify(answer), 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

function decrypt<T>(call: IdempotentCall, stored: Buffer | null): T {
  if (stored === null) return undefined as T;
  const decipher = createDecipheriv('aes-256-gcm', secretOf(call), stored.subarray(0, 12));
  decipher.setAuthTag(stored.subarray(-16));
  return JSON.parse(Buffer.concat([decipher.update(stored.subarray(12, -16)), decipher.final()]).toString('utf8')) as T;
}
