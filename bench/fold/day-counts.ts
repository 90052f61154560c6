const days = 28;
const bytesPerDay = 4;
const dayMs = 86_400_000;
/** Bytes of a packed state: 28 daily counts. */
export const packedBytes = days * bytesPerDay;

/** Events of an account in each of 28 days: the fold that other systems are compared by. */
export class DayCounts {
  private constructor(private readonly counts: Uint32Array) {}

  static empty(): DayCounts {
    return new DayCounts(new Uint32Array(days));
  }

  static unpack(packed: Buffer): DayCounts {
    // Copied, since the counts must begin at a multiple of four.
    return new DayCounts(new Uint32Array(new Uint8Array(packed).buffer));
  }

  /** Counts one event of the day of `occurredAt`, RFC 3339. */
  add(occurredAt: string): void {
    const day = Math.floor(Date.parse(occurredAt) / dayMs);
    this.counts[day % days] = (this.counts[day % days] ?? 0) + 1;
  }

  pack(): Buffer {
    return Buffer.from(this.counts.buffer, this.counts.byteOffset, packedBytes);
  }

  total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }
}
