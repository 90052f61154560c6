/** Writes numbers and text into a growing buffer. */
export class Writer {
  /** What was written before and may be referred to, by kind of value. */
  readonly written = { ids: new Map<string, number>(), instants: new Map<number, number>(), instant: 0, day: 0 };
  #bytes = Buffer.allocUnsafe(512);
  #length = 0;
  #bits = 0;
  #bitsAt = 0;
  #bitsTaken = 8;

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  /** Yes or no: eight of them share a byte, which stands where the first of them was written. */
  bit(value: boolean): void {
    if (this.#bitsTaken === 8) {
      this.#bitsAt = this.#length;
      this.byte(0);
      this.#bits = 0;
      this.#bitsTaken = 0;
    }
    if (value) this.#bytes[this.#bitsAt] = this.#bits |= 1 << this.#bitsTaken;
    this.#bitsTaken += 1;
  }

  /** Whole numbers below 2^`width` one after another, each in `width` bits, at most 24. */
  narrow(values: readonly number[], width: number): void {
    let left = 0;
    let held = 0;
    for (const value of values) {
      left |= value << held;
      for (held += width; held >= 8; held -= 8) {
        this.byte(left & 255);
        left >>>= 8;
      }
    }
    if (held > 0) this.byte(left);
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
  readonly seen = { ids: [] as string[], instants: [] as number[], day: 0 };
  #at = 0;
  #bits = 0;
  #bitsLeft = 0;

  constructor(readonly bytes: Buffer) {}

  byte(): number {
    const value = this.bytes[this.#at++];
    if (value === undefined) throw new RangeError('the packed state ends too early');
    return value;
  }

  bit(): boolean {
    if (this.#bitsLeft === 0) {
      this.#bits = this.byte();
      this.#bitsLeft = 8;
    }
    const bit = this.#bits & 1;
    this.#bits >>= 1;
    this.#bitsLeft -= 1;
    return bit === 1;
  }

  narrow(count: number, width: number): number[] {
    let left = 0;
    let held = 0;
    return Array.from({ length: count }, () => {
      for (; held < width; held += 8) left |= this.byte() << held;
      const value = left & ((1 << width) - 1);
      left >>>= width;
      held -= width;
      return value;
    });
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
