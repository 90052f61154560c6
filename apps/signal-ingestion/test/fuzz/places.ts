import type { Json } from './samples.js';

/** Every place of a value, the whole first. */
export function places(value: Json, at: readonly string[] = []): string[][] {
  return [[...at], ...(typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([name, item]) => places(item, [...at, name])) : [])];
}

/** The value with another one at a place. */
export function replaced(value: Json, [name, ...rest]: readonly string[], by: Json): Json {
  if (name === undefined) return by;
  if (Array.isArray(value)) return value.map((item, i) => (String(i) === name ? replaced(item, rest, by) : item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, key === name ? replaced(item, rest, by) : item]));
}
