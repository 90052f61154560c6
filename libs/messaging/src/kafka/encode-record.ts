/** A record as kafkajs hands it to its encoder; only what we send is taken: bytes, and headers of text. */
export interface RecordToEncode {
  readonly offsetDelta?: number;
  readonly timestampDelta?: number;
  readonly key?: Buffer | null | undefined;
  readonly value?: Buffer | null | undefined;
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** What kafkajs asks of an encoded record. */
export interface EncodedRecord {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

const isBytes = (value: unknown): value is Buffer | null | undefined => value === null || value === undefined || Buffer.isBuffer(value);

/**
 * Encodes a record of a batch (format version 2) into one buffer of the right size. kafkajs takes an encoder with 512
 * zeroed bytes for the record and one for each of its headers, and an array for each number. Null: not one of ours.
 */
export function encodeRecord({ offsetDelta = 0, timestampDelta = 0, key, value, headers = {} }: RecordToEncode): EncodedRecord | null {
  if (timestampDelta !== 0 || !isBytes(key) || !isBytes(value)) return null;
  const names = Object.keys(headers);
  const texts: string[] = [];
  let size = 2 + sizeOfInt(offsetDelta) + sizeOfBytes(key?.length ?? -1) + sizeOfBytes(value?.length ?? -1) + sizeOfInt(names.length);
  for (const name of names) {
    const text = headers[name];
    if (typeof text !== 'string') return null;
    texts.push(text);
    size += sizeOfBytes(Buffer.byteLength(name)) + sizeOfBytes(Buffer.byteLength(text));
  }
  const buf = Buffer.allocUnsafe(sizeOfInt(size) + size);
  let at = writeInt(buf, 0, size);
  // No attributes, no difference to the time of the batch.
  buf[at++] = 0;
  buf[at++] = 0;
  at = writeInt(buf, at, offsetDelta);
  at = writeBytes(buf, at, key ?? null);
  at = writeBytes(buf, at, value ?? null);
  at = writeInt(buf, at, names.length);
  for (const [i, name] of names.entries()) at = writeText(buf, writeText(buf, at, name), texts[i]!);
  return { buf, buffer: buf };
}

/** Signed numbers alternate, so that small ones of either sign are short: 0, -1, 1, -2. */
const zigzag = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0;

function sizeOfInt(value: number): number {
  let size = 1;
  for (let rest = zigzag(value); rest > 0x7f; rest >>>= 7) size++;
  return size;
}

const sizeOfBytes = (length: number): number => sizeOfInt(length) + Math.max(0, length);

function writeInt(buf: Buffer, at: number, value: number): number {
  let rest = zigzag(value);
  for (; rest > 0x7f; rest >>>= 7) buf[at++] = (rest & 0x7f) | 0x80;
  buf[at++] = rest;
  return at;
}

function writeBytes(buf: Buffer, at: number, bytes: Buffer | null): number {
  const start = writeInt(buf, at, bytes?.length ?? -1);
  return bytes === null ? start : start + bytes.copy(buf, start);
}

function writeText(buf: Buffer, at: number, text: string): number {
  const start = writeInt(buf, at, Buffer.byteLength(text));
  return start + buf.write(text, start);
}
