import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { readJson, unpackBody } from './read-body.js';

const json = Buffer.from('{"a":1}');

describe('bodies', () => {
  it.each([
    ['plain', json, undefined],
    ['gzip', gzipSync(json), 'gzip'],
    ['gzip that nobody announced', gzipSync(json), undefined],
    ['deflate', deflateSync(json), 'Deflate'],
    ['br', brotliCompressSync(json), 'br'],
  ])('unpacks %s', async (_name, body, encoding) => {
    expect(await unpackBody(body, encoding, 100)).toEqual(json);
  });

  it.each([
    ['a bomb', gzipSync(Buffer.alloc(50_000_000)), 'gzip', 'too_large'],
    ['half of a gzip', gzipSync(json).subarray(0, 12), 'gzip', 'unreadable_encoding'],
    ['gzip that is none', json, 'gzip', 'unreadable_encoding'],
    ['an unknown encoding', json, 'lzma', 'unreadable_encoding'],
    ['two encodings', json, 'gzip, gzip', 'unreadable_encoding'],
    ['too much', Buffer.alloc(101), undefined, 'too_large'],
  ])('refuses %s', async (_name, body, encoding, code) => {
    expect(await unpackBody(body, encoding, 100)).toMatchObject({ code });
  });

  it('skips a byte order mark, and refuses what is not UTF-8 or not JSON', () => {
    expect(readJson(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), json]))).toMatchObject({ value: { a: 1 } });
    expect(readJson(Buffer.from([0x22, 0xff, 0x22]))).toMatchObject({ code: 'invalid_utf8' });
    expect(readJson(Buffer.from('{"a":'))).toMatchObject({ code: 'invalid_json' });
    expect(readJson(Buffer.alloc(0))).toMatchObject({ code: 'invalid_json' });
  });
});
