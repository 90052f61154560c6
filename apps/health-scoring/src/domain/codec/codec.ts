import type { Reader, Writer } from './bytes.js';

/** How one type is packed. Equal values give equal bytes. */
export interface Codec<T> {
  write(out: Writer, value: T): void;
  read(input: Reader): T;
}

export const natural: Codec<number> = { write: (out, value) => out.natural(value), read: (input) => input.natural() };

/** Any safe whole number; small absolute values are short. */
export const integer: Codec<number> = {
  write: (out, value) => out.natural(value >= 0 ? value * 2 : -value * 2 - 1),
  read(input) {
    const packed = input.natural();
    return packed % 2 === 0 ? packed / 2 : -(packed + 1) / 2;
  },
};

/** Whole numbers short, all others in eight bytes. */
export const number: Codec<number> = {
  write(out, value) {
    if (Number.isSafeInteger(value) && !Object.is(value, -0) && Math.abs(value) < 2 ** 50) {
      out.byte(0);
      integer.write(out, value);
    } else {
      out.byte(1);
      out.float(value);
    }
  },
  read: (input) => (input.byte() === 0 ? integer.read(input) : input.float()),
};

/** Rows up to format 10 take a byte for each. */
export const bool: Codec<boolean> = { write: (out, value) => out.bit(value), read: (input) => (input.format < 11 ? input.byte() === 1 : input.bit()) };
export const text: Codec<string> = { write: (out, value) => out.text(value), read: (input) => input.text() };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const refer = <T>(known: Map<T, number>, value: T): number | undefined => {
  const index = known.get(value);
  if (index === undefined) known.set(value, known.size);
  return index;
};

/**
 * An id: text, with UUIDs in 16 bytes; one that the row holds already is a reference to it, since one signal often says
 * several things. Rows up to format 10 say which of the three it is in a byte.
 */
export const id: Codec<string> = {
  write(out, value) {
    const index = refer(out.written.ids, value);
    out.bit(index !== undefined);
    if (index !== undefined) return out.natural(index);
    const isUuid = uuid.test(value);
    out.bit(isUuid);
    if (isUuid) out.hex(value.replaceAll('-', ''));
    else out.text(value);
  },
  read(input) {
    const kind = input.format < 11 ? input.natural() : input.bit() ? input.natural() + 2 : Number(input.bit());
    if (kind >= 2) return known(input.seen.ids[kind - 2]);
    const value = kind === 0 ? input.text() : dashed(input.hex(16));
    input.seen.ids.push(value);
    return value;
  },
};

const dashed = (hex: string): string => `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;

/** An instant as the step from the one before, or a reference to the same one. Rows up to format 10 hold it in full, up to format 5 each time. */
export const instant: Codec<number> = {
  write(out, value) {
    const index = refer(out.written.instants, value);
    out.bit(index !== undefined);
    if (index !== undefined) return out.natural(index);
    integer.write(out, value - out.written.instant);
    out.written.instant = value;
  },
  read(input) {
    const { instants } = input.seen;
    const index = input.format < 6 ? 0 : input.format < 11 ? input.natural() : input.bit() ? input.natural() + 1 : 0;
    if (index > 0) return known(instants[index - 1]);
    const value = integer.read(input) + (input.format < 11 ? 0 : (instants.at(-1) ?? 0));
    instants.push(value);
    return value;
  },
};

/** A day as the step from the one before, whatever that was. Rows up to format 10 hold it in full. */
export const day: Codec<number> = {
  write(out, value) {
    integer.write(out, value - out.written.day);
    out.written.day = value;
  },
  read(input) {
    const value = integer.read(input) + (input.format < 11 ? 0 : input.seen.day);
    input.seen.day = value;
    return value;
  },
};

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('the packed state refers to what it does not hold');
  return value;
}

/** One of a fixed list; new values are added at its end. */
export const oneOf = <const V extends string>(values: readonly V[]): Codec<V> => ({
  write: (out, value) => out.natural(values.indexOf(value)),
  read(input) {
    const value = values[input.natural()];
    if (value === undefined) throw new RangeError('the packed state holds a value this version does not know');
    return value;
  },
});

export const nullable = <T>(codec: Codec<T>): Codec<T | null> => ({
  write(out, value) {
    out.bit(value !== null);
    if (value !== null) codec.write(out, value);
  },
  read: (input) => (bool.read(input) ? codec.read(input) : null),
});

/** How many there are: none at all is most common. */
const size: Codec<number> = {
  write(out, value) {
    out.bit(value > 0);
    if (value > 0) out.natural(value);
  },
  read: (input) => (input.format < 11 || input.bit() ? input.natural() : 0),
};

export const list = <T>(codec: Codec<T>): Codec<T[]> => ({
  write(out, values) {
    size.write(out, values.length);
    for (const value of values) codec.write(out, value);
  },
  read: (input) => Array.from({ length: size.read(input) }, () => codec.read(input)),
});

/** A field that came with `format`: rows of before hold `absent`; what is changed in place is made anew by a function. */
export const since = <T>(format: number, codec: Codec<T>, absent: T extends object ? T | (() => T) : T): Codec<T> => ({
  write: (out, value) => codec.write(out, value),
  read: (input) => (input.format >= format ? codec.read(input) : typeof absent === 'function' ? (absent as () => T)() : (absent as T)),
});

/** Entries in the order of their keys, however they came in. */
export const map = <T>(key: Codec<string>, codec: Codec<T>): Codec<Map<string, T>> => ({
  write(out, values) {
    size.write(out, values.size);
    for (const [name, value] of [...values].sort(([a], [b]) => (a < b ? -1 : 1))) {
      key.write(out, name);
      codec.write(out, value);
    }
  },
  read: (input) => new Map(Array.from({ length: size.read(input) }, () => [key.read(input), codec.read(input)] as const)),
});

/** Fields in the order of `fields`. */
export function record<T extends object>(fields: { readonly [K in keyof T]-?: Codec<T[K]> }): Codec<T> {
  const names = Object.keys(fields) as (keyof T)[];
  return {
    write: (out, value) => names.forEach((name) => fields[name].write(out, value[name])),
    read(input) {
      const value: Partial<T> = {};
      for (const name of names) value[name] = fields[name].read(input);
      return value as T;
    },
  };
}
