import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import { countPairs, duplicateKeyPointers } from '../domain/duplicate-keys.js';
import type { ItemFault } from '../domain/item-fault.js';
import { countValues, mostValues } from '../domain/json-values.js';
import type { ReadJson } from '../domain/vendors/vendor.js';

const givenType = Symbol('Content-Type as it came');
type Asked = FastifyRequest & { [givenType]?: string };

/** SDKs lie in it, and Fastify refuses what it cannot read: whatever it says, the body comes as bytes. */
export function ignoreContentType(request: Asked): void {
  request[givenType] = request.raw.headers['content-type'] ?? '';
  request.raw.headers['content-type'] = 'application/octet-stream';
}

/** What `ignoreContentType` put aside, in lower case and without parameters. */
export function contentTypeOf(request: Asked): string {
  return (request[givenType] ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

const unpackers = new Map<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>([
  ['gzip', promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)],
  ['x-gzip', promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)],
  ['deflate', promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate)],
  ['br', promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress)],
]);

/** Unpacks a body by its Content-Encoding, or by its first bytes where that says nothing; never beyond `maxBytes`. */
export async function unpackBody(body: Buffer, contentEncoding: string | undefined, maxBytes: number): Promise<Buffer | ItemFault> {
  const named = contentEncoding?.trim().toLowerCase() ?? '';
  const packed = body[0] === 0x1f && body[1] === 0x8b;
  const encoding = named === '' || named === 'identity' ? (packed ? 'gzip' : '') : named;
  if (encoding === '') return body.length > maxBytes ? tooLarge(maxBytes) : body;
  const unpack = unpackers.get(encoding);
  if (!unpack) return { code: 'unreadable_encoding', pointer: '', detail: `Content-Encoding must be one of ${[...unpackers.keys()].join(', ')}` };
  try {
    return await unpack(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(maxBytes);
    return { code: 'unreadable_encoding', pointer: '', detail: `the body is not whole ${encoding}: send it again` };
  }
}

export function tooLarge(maxBytes: number): ItemFault {
  return { code: 'too_large', pointer: '', detail: `the body is larger than ${maxBytes} bytes: send it in parts` };
}

/** Reads JSON in UTF-8, whatever the Content-Type says; a byte order mark is skipped. */
export function readJson(body: Buffer): ReadJson | ItemFault {
  if (!isUtf8(body)) return { code: 'invalid_utf8', pointer: '', detail: 'the body is not UTF-8: encode it so' };
  const start = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  return readJsonText(body.toString('utf8', start));
}

/** The same for text; what holds too many values is not parsed. */
export function readJsonText(text: string): ReadJson | ItemFault {
  if (text.length > mostValues && countValues(text) > mostValues) return { code: 'too_large', pointer: '', detail: `the body holds more than ${mostValues} values: send it in parts` };
  try {
    return { value: JSON.parse(text) as unknown, text };
  } catch {
    return { code: 'invalid_json', pointer: '', detail: 'the body is not JSON' };
  }
}

/**
 * Pointers to names given twice. `parsedKeys` is the number of names in the parsed value, null when nobody
 * counted all of them; the slow look happens only where the numbers differ.
 */
export function namesGivenTwice({ text }: ReadJson, parsedKeys: number | null): string[] {
  return parsedKeys !== null && countPairs(text) === parsedKeys ? [] : duplicateKeyPointers(text);
}
