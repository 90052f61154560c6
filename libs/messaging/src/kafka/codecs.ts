import { constants, gunzip, gzip, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { promisify } from 'node:util';
// Node finds only some of kafkajs' CommonJS exports by name: CompressionCodecs is not among them.
import kafkajs, { CompressionTypes } from 'kafkajs';
import snappy from 'kafkajs-snappy';
import { compressFrameSync, decompressFrameSync } from 'lz4-napi';

interface Encoded {
  readonly buffer: Buffer;
}

const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/**
 * zstd at level 1, in the calling thread: for batches of at most 512 KB that takes less time than sending and
 * checksumming the larger body would.
 */
const zstd = {
  compress: async ({ buffer }: Encoded): Promise<Buffer> => zstdCompressSync(buffer, options),
  decompress: async (buffer: Buffer): Promise<Buffer> => zstdDecompressSync(buffer),
};

const gzipCodec = {
  compress: async ({ buffer }: Encoded): Promise<Buffer> => gzipAsync(buffer),
  decompress: async (buffer: Buffer): Promise<Buffer> => gunzipAsync(buffer),
};

const lz4 = {
  compress: async ({ buffer }: Encoded): Promise<Buffer> => compressFrameSync(buffer),
  decompress: async (buffer: Buffer): Promise<Buffer> => decompressFrameSync(buffer),
};

/** Registers every codec of Kafka, since the broker stores what a producer sends as it is. */
export function registerCodecs(): void {
  const codecs = kafkajs.CompressionCodecs;
  codecs[CompressionTypes.ZSTD] = () => zstd;
  codecs[CompressionTypes.GZIP] = () => gzipCodec;
  codecs[CompressionTypes.LZ4] = () => lz4;
  codecs[CompressionTypes.Snappy] = snappy;
}

/** Below this size of a batch, bytes, packing and unpacking cost more than sending and storing it as it is. */
const smallBatch = 1_024;

/** The codec to write a batch of `bytes` with, by the topic's own `compression.type`; gzip, which every client reads, when it has none of ours. */
export function codecOf(compressionType: string | undefined, bytes: number): CompressionTypes {
  if (compressionType === 'producer') return bytes < smallBatch ? CompressionTypes.None : CompressionTypes.ZSTD;
  // As topics were made before: the broker would pack a batch anew that comes in another codec.
  return compressionType === 'zstd' ? CompressionTypes.ZSTD : CompressionTypes.GZIP;
}
