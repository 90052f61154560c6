import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import { countPairs, duplicateKeyPointers } from '../domain/duplicate-keys.js';

/** SDKs lie in it, and Fastify refuses what it cannot read: whatever it says, the body comes as bytes. */
export function ignoreContentType(request: FastifyRequest): void {
  request.raw.headers['content-type'] = 'application/octet-stream';
}

/** Why a whole body cannot be taken. */
export interface BodyFault {
  readonly code: 'too_large' | 'unreadable_encoding' | 'invalid_utf8' | 'invalid_json';
  readonly detail: string;
}

const unpackers = new Map<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>([
  ['gzip', promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)],
  ['x-gzip', promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)],
  ['deflate', promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate)],
  ['br', promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress)],
]);

/** Unpacks a body by its Content-Encoding, or by its first bytes where that says nothing; never beyond `maxBytes`. */
export async function unpackBody(body: Buffer, contentEncoding: string | undefined, maxBytes: number): Promise<Buffer | BodyFault> {
  const named = contentEncoding?.trim().toLowerCase() ?? '';
  const packed = body[0] === 0x1f && body[1] === 0x8b;
  const encoding = named === '' || named === 'identity' ? (packed ? 'gzip' : '') : named;
  if (encoding === '') return body.length > maxBytes ? tooLarge(maxBytes) : body;
  const unpack = unpackers.get(encoding);
  if (!unpack) return { code: 'unreadable_encoding', detail: `Content-Encoding must be one of ${[...unpackers.keys()].join(', ')}` };
  try {
    return await unpack(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(maxBytes);
    return { code: 'unreadable_encoding', detail: `the body is not whole ${encoding}: send it again` };
  }
}

function tooLarge(maxBytes: number): BodyFault {
  return { code: 'too_large', detail: `the body is larger than ${maxBytes} bytes when unpacked: send it in parts` };
}

/** A body's JSON beside its text, which still shows names that parsing merged. */
export interface ReadJson {
  readonly value: unknown;
  readonly text: string;
}

/** Reads JSON in UTF-8, whatever the Content-Type says; a byte order mark is skipped. */
export function readJson(body: Buffer): ReadJson | BodyFault {
  if (!isUtf8(body)) return { code: 'invalid_utf8', detail: 'the body is not UTF-8: encode it so' };
  const start = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  const text = body.toString('utf8', start);
  try {
    return { value: JSON.parse(text) as unknown, text };
  } catch {
    return { code: 'invalid_json', detail: 'the body is not JSON' };
  }
}

/**
 * Pointers to names given twice. `parsedKeys` is the number of names in the parsed value, null when nobody
 * counted all of them; the slow look happens only where the numbers differ.
 */
export function namesGivenTwice({ text }: ReadJson, parsedKeys: number | null): string[] {
  return parsedKeys !== null && countPairs(text) === parsedKeys ? [] : duplicateKeyPointers(text);
}
