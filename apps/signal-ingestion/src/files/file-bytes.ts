import { constants, createGunzip } from 'node:zlib';
import { Readable, pipeline } from 'node:stream';

/** A file could not be unpacked to its end. */
export class BrokenFile extends Error {
  override readonly name = 'BrokenFile';
}

/** What a compressed file may hold for each byte of it before it is taken for an attack. */
const mostExpansion = 300;
const freeBytes = 64 * 1024 * 1024;

/** The bytes of a file, unpacked where they begin as gzip does; one that is known to be `cut` may end anywhere. Throws `BrokenFile`. */
export async function* unpacked(parts: AsyncIterable<Buffer>, cut = false): AsyncGenerator<Buffer> {
  const source = parts[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done) return;
  let read = first.value.length;
  const all = (async function* () {
    yield first.value;
    for (let next = await source.next(); !next.done; next = await source.next()) {
      read += next.value.length;
      yield next.value;
    }
  })();
  try {
    if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
      yield* all;
      return;
    }
    const gunzip = createGunzip(cut ? { finishFlush: constants.Z_SYNC_FLUSH } : {});
    pipeline(Readable.from(all), gunzip, () => undefined);
    let written = 0;
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      written += chunk.length;
      if (written > freeBytes && written > read * mostExpansion) throw new BrokenFile('holds more than 300 bytes for each byte of its packed size');
      yield chunk;
    }
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code === 'string' && /^Z_|^ERR_ZLIB/.test(code)) throw new BrokenFile('is not whole gzip: pack it again');
    throw error;
  } finally {
    await source.return?.(undefined);
  }
}

/** Text is handed on in pieces of this size: rows of one are in memory together. */
const pieceBytes = 64 * 1024;

/** The same text in UTF-8, without a byte order mark. Bytes that are no character become U+FFFD. */
export async function* inUtf8(bytes: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      const text = decoder.decode(chunk.subarray(at, at + pieceBytes), { stream: true });
      if (text !== '') yield Buffer.from(text);
    }
  }
  const rest = decoder.decode();
  if (rest !== '') yield Buffer.from(rest);
}
