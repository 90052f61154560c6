/** Writes numbers and text into a growing buffer. */
export class Writer {
  /** What was written before and may be referred to, by kind of value. */
  readonly written = { ids: new Map<string, number>(), instants: new Map<number, number>() };
  #bytes = Buffer.allocUnsafe(512);
  #length = 0;

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  /** A whole number from 0 to 2^54, seven bits a byte. */
  natural(value: number): void {
    this.#room(9);
    let left = value;
    // Whole numbers up to 31 bits are most of them, and quicker by bits.
    if (left < 0x8000_0000) {
      for (; left >= 128; left >>>= 7) this.#bytes[this.#length++] = (left & 127) | 128;
      this.#bytes[this.#length++] = left;
      return;
    }
    while (left >= 128) {
      this.#bytes[this.#length++] = (left % 128) + 128;
      left = Math.floor(left / 128);
    }
    this.#bytes[this.#length++] = left;
  }

  float(value: number): void {
    this.#room(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  text(value: string): void {
    const size = Buffer.byteLength(value);
    this.natural(size);
    this.#room(size);
    this.#length += this.#bytes.write(value, this.#length);
  }

  hex(value: string): void {
    const size = value.length / 2;
    this.#room(size);
    this.#length += this.#bytes.write(value, this.#length, 'hex');
  }

  toBuffer(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  #room(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + size));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Reads what `Writer` wrote. Throws RangeError past the end. */
export class Reader {
  /** How the row was packed: the number in front of it. */
  format = 0;
  /** What was read before, in the order of `Writer.written`. */
  readonly seen = { ids: [] as string[], instants: [] as number[] };
  #at = 0;

  constructor(readonly bytes: Buffer) {}

  byte(): number {
    const value = this.bytes[this.#at++];
    if (value === undefined) throw new RangeError('the packed state ends too early');
    return value;
  }

  natural(): number {
    let value = this.byte();
    if (value < 128) return value;
    value -= 128;
    let factor = 128;
    for (;;) {
      const byte = this.byte();
      value += (byte % 128) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }

  float(): number {
    const value = this.bytes.readDoubleLE(this.#at);
    this.#at += 8;
    return value;
  }

  text(): string {
    const size = this.natural();
    return this.#slice(size).toString('utf8');
  }

  hex(size: number): string {
    return this.#slice(size).toString('hex');
  }

  get atEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  #slice(size: number): Buffer {
    if (this.#at + size > this.bytes.length) throw new RangeError('the packed state ends too early');
    this.#at += size;
    return this.bytes.subarray(this.#at - size, this.#at);
  }
}
