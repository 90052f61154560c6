declare module 'kafkajs-snappy' {
  /** What kafkajs takes as a codec. */
  const codec: () => { compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>; decompress(buffer: Buffer): Promise<Buffer> };
  export default codec;
}
