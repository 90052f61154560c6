import type { Mark } from '../facts/mark.js';
import { addTo, countAt, emptyRing, markIn, never, type Ring } from '../facts/ring.js';
import type { Span, Spans } from '../facts/spans.js';
import { bool, day, id, instant, list, natural, record, type Codec } from './codec.js';

export const mark: Codec<Mark> = record<Mark>({ at: instant, id });

/** A mark that carries one value more. */
export const marked = <T>(value: Codec<T>): Codec<Mark & { readonly value: T }> => record<Mark & { readonly value: T }>({ at: instant, id, value });

export const spans = <V>(value: Codec<V>): Codec<Spans<V>> => list(record<Span<V>>({ value, first: mark, last: mark }));

/**
 * Counts of a ring, the newest first, in the shorter of two ways: each in as many bits as the largest takes, or as tokens: a value,
 * a run of zeros, or more of the last value. Totals of whole events are divided by their thousandths. Rows up to format 10 hold tokens only.
 * `index` packs the newest: `day` in a ring of days.
 */
export const ring = (size: number, index: Codec<number>): Codec<Ring> => ({
  write(out, value) {
    const { newest } = value;
    out.bit(newest !== never);
    if (newest === never) return;
    const counts: number[] = [];
    let unit = 1000;
    for (let back = 0; back < size; back += 1) {
      const count = countAt(value, newest - back);
      if (count % 1000 !== 0) unit = 1;
      counts.push(count);
    }
    while (counts.at(-1) === 0) counts.pop();
    index.write(out, newest);
    out.bit(unit === 1000);
    const values = counts.map((count) => count / unit);
    const tokens = tokensOf(values);
    const largest = Math.max(0, ...values);
    const width = widthOf(largest);
    const isNarrow = values.every((value) => value >= 0) && largest < 2 ** mostWidth && 1 + Math.ceil((values.length * width) / 8) < bytesOf(tokens);
    out.bit(isNarrow);
    natural.write(out, isNarrow ? values.length : tokens.length);
    if (!isNarrow) for (const token of tokens) natural.write(out, token);
    else {
      out.byte(width);
      out.narrow(values, width);
    }
  },
  read(input) {
    const found = emptyRing(size);
    if (!bool.read(input)) return found;
    addTo(found, index.read(input), 0);
    const unit = input.format < 11 ? natural.read(input) : input.bit() ? 1000 : 1;
    const isNarrow = input.format >= 11 && input.bit();
    const length = natural.read(input);
    if (length > size) throw new RangeError(`a ring of ${size} days holds ${length}`);
    let back = 0;
    let value = 0;
    const put = (count: number): void => {
      const at = found.newest - back;
      found.counts[((at % size) + size) % size] = count * unit;
      back += 1;
    };
    if (isNarrow) input.narrow(length, widthFrom(input.byte())).forEach(put);
    else for (let left = length; left > 0; left -= 1) {
      const token = natural.read(input);
      const amount = Math.floor(token / 4);
      if (token % 4 === zeros) back += amount;
      else if (token % 4 === again) for (let i = 0; i < amount; i += 1) put(value);
      else put((value = amount));
    }
    return found;
  },
});

const single = 0;
const zeros = 1;
const again = 2;

/** Most bits of a value that is not packed as tokens. */
const mostWidth = 24;
function widthFrom(byte: number): number {
  if (byte < 1 || byte > mostWidth) throw new RangeError(`a count of ${byte} bits`);
  return byte;
}
const widthOf = (value: number): number => 32 - Math.clz32(value);
const bytesOf = (tokens: readonly number[]): number => tokens.reduce((bytes, token) => bytes + Math.ceil(widthOf(token) / 7), 0);

function tokensOf(values: readonly number[]): number[] {
  const tokens: number[] = [];
  for (let i = 0; i < values.length; ) {
    let end = i + 1;
    while (end < values.length && values[end] === values[i]) end += 1;
    const value = values[i] ?? 0;
    if (value === 0) tokens.push((end - i) * 4 + zeros);
    else {
      tokens.push(value * 4 + single);
      if (end - i > 1) tokens.push((end - i - 1) * 4 + again);
    }
    i = end;
  }
  return tokens;
}

/** A ring of marked days, one bit each. */
export const flags = (size: number): Codec<Ring> => ({
  write(out, value) {
    out.bit(value.newest !== never);
    if (value.newest === never) return;
    const bytes: number[] = [];
    for (let back = 0; back < size; back += 8) {
      let byte = 0;
      for (let bit = 0; bit < 8 && back + bit < size; bit += 1) if (countAt(value, value.newest - back - bit) > 0) byte |= 1 << bit;
      bytes.push(byte);
    }
    while (bytes.at(-1) === 0) bytes.pop();
    day.write(out, value.newest);
    natural.write(out, bytes.length);
    for (const byte of bytes) out.byte(byte);
  },
  read(input) {
    const found = emptyRing(size);
    if (!bool.read(input)) return found;
    const newest = day.read(input);
    addTo(found, newest, 0);
    const length = natural.read(input);
    for (let i = 0; i < length; i += 1) {
      const byte = input.byte();
      for (let bit = 0; bit < 8; bit += 1) if (((byte >> bit) & 1) === 1) markIn(found, newest - i * 8 - bit);
    }
    return found;
  },
});
