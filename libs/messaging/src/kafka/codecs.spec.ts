import kafkajs, { CompressionTypes } from 'kafkajs';
import { codecOf, registerCodecs } from './codecs.js';

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}
type Packing = Exclude<CompressionTypes, CompressionTypes.None>;
const codec = (type: Packing): Codec => (kafkajs.CompressionCodecs[type] as () => Codec)();
const text = 'perennial '.repeat(20);

describe('the codecs of batches', () => {
  beforeAll(() => registerCodecs());

  it.each<[string, Packing, string]>([
    // As Kafka's own Java client 4.1.1 packs it.
    ['lz4', CompressionTypes.LZ4, 'BCJNGGBAghQAAACvcGVyZW5uaWFsIAoAplBuaWFsIAAAAAA='],
    ['snappy', CompressionTypes.Snappy, 'glNOQVBQWQAAAAABAAAAAQAAABbIASRwZXJlbm5pYWwg/goA/goA9goA'],
  ])('unpack what a Java client packed with %s', async (_, type, packed) => expect(String(await codec(type).decompress(Buffer.from(packed, 'base64')))).toBe(text));

  it.each<Packing>([CompressionTypes.GZIP, CompressionTypes.Snappy, CompressionTypes.LZ4, CompressionTypes.ZSTD])('of type %s unpack what they packed', async (type) => {
    const packed = await codec(type).compress({ buffer: Buffer.from(text) });
    expect(packed.length).toBeLessThan(text.length);
    expect(String(await codec(type).decompress(packed))).toBe(text);
  });

  it.each([
    ['producer', 1_023, CompressionTypes.None],
    ['producer', 1_024, CompressionTypes.ZSTD],
    ['zstd', 10, CompressionTypes.ZSTD],
    ['gzip', 10, CompressionTypes.GZIP],
    [undefined, 10, CompressionTypes.GZIP],
  ])('for a topic with %s and a batch of %s bytes are of type %s', (type, bytes, expected) => expect(codecOf(type, bytes)).toBe(expected));
});
