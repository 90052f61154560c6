import type { ItemFault } from './item-fault.js';

/** An event may lie this far ahead of its receipt before it is moved back to it. */
export const aheadToleranceMs = 5 * 60_000;
/** Beyond this it is no clock that is a little off, but a mistake. */
const farAheadMs = 366 * 86_400_000;
const earliest = Date.UTC(1970, 0, 1);

const iso8601 = /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?([Zz]|[+-]\d{2}:?\d{2})?)?$/;

/** Milliseconds since 1970 of an ISO 8601 instant (without an offset it is UTC); null when it is none. */
export function parseInstant(text: unknown): number | null {
  const parts = typeof text === 'string' ? iso8601.exec(text) : null;
  if (!parts) return null;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const [hour, minute, second] = [Number(parts[4] ?? 0), Number(parts[5] ?? 0), Number(parts[6] ?? 0)];
  if (month < 1 || month > 12 || day < 1 || (day > 28 && day > daysIn(year, month)) || hour > 23 || minute > 59 || second > 59) return null;
  const fraction = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const offset = offsetMinutes(parts[8] ?? 'Z');
  if (offset === null) return null;
  // Date.UTC would read the years 0-99 as 1900-1999.
  return new Date(0).setUTCFullYear(year, month - 1, day) + ((hour * 60 + minute - offset) * 60 + second) * 1000 + fraction;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

function offsetMinutes(offset: string): number | null {
  if (offset === 'Z' || offset === 'z') return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(-2));
  if (hours > 23 || minutes > 59) return null;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** The instants a sender gave with an event, in milliseconds. */
export interface GivenTimes {
  readonly receivedAt: number;
  /** The event's time by the sender's clock. */
  readonly original: number | null;
  /** When the request left, by the same clock. */
  readonly sentAt: number | null;
}

export interface EventTime {
  /** Business time of the event, ms. */
  readonly occurredAt: number;
  /** It lay more than 5 min ahead of its receipt and was moved back to it. */
  readonly clamped: boolean;
}

/**
 * `occurredAt = receivedAt - (sentAt - original)`, as Segment corrects (its formula for `timestamp`), so
 * that it does not depend on how wrong the sender's clock is; without `sentAt` the time as given, without
 * any the receipt. Refuses what lies before 1970 or more than a year ahead.
 */
export function eventTime(given: GivenTimes): EventTime | ItemFault {
  const { receivedAt, original, sentAt } = given;
  const occurredAt = original === null ? receivedAt : sentAt === null ? original : receivedAt - (sentAt - original);
  if (occurredAt < earliest) return outOfRange('lies before 1970: send the instant at which it happened');
  if (occurredAt > receivedAt + farAheadMs) return outOfRange('lies more than a year ahead: send the instant at which it happened');
  if (occurredAt > receivedAt + aheadToleranceMs) return { occurredAt: receivedAt, clamped: true };
  return { occurredAt, clamped: false };
}

function outOfRange(detail: string): ItemFault {
  return { code: 'timestamp_out_of_range', pointer: '', detail };
}
