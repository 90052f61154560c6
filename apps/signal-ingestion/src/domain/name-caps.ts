import type { Arrival } from './arrival.js';
import { figuresOf } from './source-tally.js';

/** A source has at most so many names of events, and of their properties; more is a client that makes names of values. */
export const nameCaps = { event: 1000, property: 2000 } as const;
export type NameKind = keyof typeof nameCaps;
/** What an event beyond the cap is counted as, so that use of the product stays whole. */
export const otherEvent = '(other)';

export interface SourceName {
  readonly sourceId: string;
  readonly kind: NameKind;
  readonly name: string;
}

/** Names that found no more room. */
export interface Overflow {
  readonly sourceId: string;
  readonly kind: NameKind;
  count: number;
  /** The last of them. */
  example: string;
}

/** Known names by source. */
export type KnownNames = ReadonlyMap<string, { readonly [K in NameKind]: ReadonlySet<string> }>;

/** The sources whose names must be known before these arrivals can be capped. */
export function namedSources(arrivals: readonly Arrival[]): string[] {
  return [...new Set(arrivals.filter(({ meaning }) => meaning.signal?.kind === 'usage').map(({ sourceId }) => figuresOf(sourceId)))];
}

/** Puts events with names beyond the cap under `otherEvent`, leaves such properties out, and says what is new. */
export function capNames(arrivals: readonly Arrival[], known: KnownNames): { readonly capped: Arrival[]; readonly fresh: SourceName[]; readonly overflows: Overflow[] } {
  const fresh = new Map<string, SourceName>();
  const overflows = new Map<string, Overflow>();
  const sizes = new Map<string, number>();
  const hasRoom = (sourceId: string, kind: NameKind, name: string): boolean => {
    const names = known.get(sourceId)?.[kind];
    if (names?.has(name)) return true;
    const slot = `${sourceId} ${kind}`;
    const key = `${slot} ${name}`;
    if (fresh.has(key)) return true;
    const size = sizes.get(slot) ?? names?.size ?? 0;
    if (size < nameCaps[kind]) {
      sizes.set(slot, size + 1);
      fresh.set(key, { sourceId, kind, name });
      return true;
    }
    const overflow = overflows.get(slot) ?? { sourceId, kind, count: 0, example: name };
    overflow.count++;
    overflow.example = name;
    overflows.set(slot, overflow);
    return false;
  };
  const capped = arrivals.map((arrival): Arrival => {
    const { signal } = arrival.meaning;
    if (signal?.kind !== 'usage') return arrival;
    const sourceId = figuresOf(arrival.sourceId);
    const { event, properties } = signal.data;
    const named = hasRoom(sourceId, 'event', event);
    const left = properties === undefined ? [] : Object.keys(properties).filter((name) => !hasRoom(sourceId, 'property', name));
    if (named && left.length === 0) return arrival;
    const data = { ...signal.data, event: named ? event : otherEvent, ...(left.length === 0 ? {} : { properties: Object.fromEntries(Object.entries(properties ?? {}).filter(([name]) => !left.includes(name))) }) };
    return { ...arrival, meaning: { ...arrival.meaning, signal: { kind: 'usage', data } } };
  });
  return { capped, fresh: [...fresh.values()], overflows: [...overflows.values()] };
}
