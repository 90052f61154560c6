import { constants, gunzip, gzip, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { promisify } from 'node:util';
// Node finds only some of kafkajs' CommonJS exports by name: CompressionCodecs is not among them.
import kafkajs, { CompressionTypes } from 'kafkajs';

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

/**
 * Registers the codecs that Node has. Batches in others (snappy, lz4) never reach us: our topics are created
 * with `compression.type`, so the broker stores what any producer sends in the topic's own codec.
 */
export function registerCodecs(): void {
  kafkajs.CompressionCodecs[CompressionTypes.ZSTD] = () => zstd;
  kafkajs.CompressionCodecs[CompressionTypes.GZIP] = () => gzipCodec;
}

/** The codec to write a topic with, by the topic's `compression.type`; gzip, which every client reads, when it has none. */
export function codecOf(compressionType: string | undefined): CompressionTypes {
  return compressionType === 'zstd' ? CompressionTypes.ZSTD : CompressionTypes.GZIP;
}
