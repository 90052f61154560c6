import { eventDepth, isDeeper } from './structure.js';

const maxText = 32 * 1024;
const headText = 4 * 1024;
const maxDepth = 12;
const maxEventText = 256 * 1024;

/**
 * JSON text of a refused item, fit to be kept: whatever made it unfit (depth, NUL, half characters, numbers
 * out of range) is replaced by something visible, and what is longer than 32 KiB is cut to its head.
 */
export function rejectedPayload(value: unknown): string {
  const text = JSON.stringify(bounded(value, 1)) ?? 'null';
  return text.length <= maxText ? text : JSON.stringify({ truncated: true, head: text.slice(0, headText).toWellFormed() });
}

/**
 * JSON text of a webhook's event, kept exactly so that it can be mapped again, NUL and all (JSON escapes it). Of
 * what is longer than 256 KiB or deeper than an event may be only the head is kept.
 */
export function rejectedEvent(event: unknown): string {
  const text = isDeeper(event, eventDepth) ? null : (JSON.stringify(event) ?? 'null');
  return text !== null && text.length <= maxEventText ? text : JSON.stringify({ truncated: true, head: (JSON.stringify(bounded(event, 1)) ?? '').slice(0, headText).toWellFormed() });
}

function bounded(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return clean(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > maxDepth) return '(deeper levels left out)';
  if (Array.isArray(value)) return value.slice(0, 1000).map((item) => bounded(item, depth + 1));
  const entries = Object.entries(value).slice(0, 1000);
  // fromEntries defines own names, so even `__proto__` stays plain data.
  return Object.fromEntries(entries.map(([name, item]) => [clean(name), bounded(item, depth + 1)]));
}

function clean(text: string): string {
  return (text.length > maxText ? text.slice(0, maxText) : text).toWellFormed().replaceAll('\0', '\uFFFD');
}

/** The same shape with every text and number hidden: for readers who may not see personal data. */
export function maskedPayload(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskedPayload);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, maskedPayload(item)]));
  return typeof value === 'string' || typeof value === 'number' ? '***' : value;
}

/** Refusals after which only a part of the item may have been kept. */
const cutCodes = new Set(['too_large', 'too_deep']);

/** Whether `payload`, kept for an item refused with `code`, is all of it. Of an event (code null) its form tells. */
export function isWhole(code: string | null, payload: unknown): boolean {
  if (code !== null && cutCodes.has(code)) return false;
  return !(typeof payload === 'object' && payload !== null && 'truncated' in payload && payload.truncated === true && 'head' in payload);
}
