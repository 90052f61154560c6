/** Many byte strings as one parameter, cut again in SQL by `substr` (1-based): a bytea[] would be sent as escaped text. */
export class PackedBuffers {
  private constructor(
    readonly bytes: Buffer,
    readonly starts: readonly number[],
    readonly lengths: readonly number[],
  ) {}

  static of(parts: readonly Buffer[]): PackedBuffers {
    const starts: number[] = [];
    let start = 1;
    for (const part of parts) {
      starts.push(start);
      start += part.length;
    }
    return new PackedBuffers(Buffer.concat(parts), starts, parts.map((part) => part.length));
  }
}
