/** Partition of a key as the Java client's default partitioner computes it: toPositive(murmur2(key)) % partitions. */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key, 'utf8')) & 0x7fffffff) % partitions;
}

/** murmur2 with Kafka's seed (org.apache.kafka.common.utils.Utils.murmur2); signed 32-bit result. */
export function murmur2(data: Uint8Array): number {
  const m = 0x5bd1e995;
  const length = data.length;
  let h = 0x9747b28c ^ length;
  const words = length >> 2;
  for (let i = 0; i < words; i++) {
    const at = i * 4;
    let k = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    k = Math.imul(k, m);
    h = Math.imul(h, m) ^ k;
  }
  const rest = words * 4;
  const tail = length & 3;
  if (tail > 2) h ^= data[rest + 2]! << 16;
  if (tail > 1) h ^= data[rest + 1]! << 8;
  if (tail > 0) h = Math.imul(h ^ data[rest]!, m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return h ^ (h >>> 15);
}
