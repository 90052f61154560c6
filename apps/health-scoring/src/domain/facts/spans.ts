import { isAfter, type Mark } from './mark.js';

/** A value somebody stated, with the first and the last time it was stated. */
export interface Span<V> {
  readonly value: V;
  first: Mark;
  last: Mark;
}

/** Values of one field over time, ordered by the first time of each. Stating a value again only widens its span. */
export type Spans<V> = Span<V>[];

/**
 * Adds one statement. Keeps at most `limit` values, those stated last; up to that limit the order of
 * arrival does not matter.
 */
export function state<V>(spans: Spans<V>, value: V, mark: Mark, limit: number, same: (a: V, b: V) => boolean = Object.is): void {
  const known = spans.find((span) => same(span.value, value));
  if (known) {
    if (isAfter(known.first, mark)) known.first = mark;
    if (isAfter(mark, known.last)) known.last = mark;
  } else {
    spans.push({ value, first: mark, last: mark });
  }
  if (spans.length > limit) spans.splice(spans.indexOf(spans.reduce((a, b) => (isAfter(a.last, b.last) ? b : a))), 1);
  spans.sort((a, b) => (isAfter(a.first, b.first) ? 1 : -1));
}

/** The value stated last; null when none ever was. */
export function current<V>(spans: Spans<V>): Span<V> | null {
  let newest: Span<V> | null = null;
  for (const span of spans) if (newest === null || isAfter(span.last, newest.last)) newest = span;
  return newest;
}

/** The value in force at `at`: the youngest one stated around it, else the one stated last before it. */
export function inForceAt<V>(spans: Spans<V>, at: number): Span<V> | null {
  let around: Span<V> | null = null;
  let before: Span<V> | null = null;
  for (const span of spans) {
    if (span.first.at <= at && span.last.at >= at) around = span;
    else if (span.last.at < at && (before === null || isAfter(span.last, before.last))) before = span;
  }
  return around ?? before;
}
