import type { TimelinePosition } from '../application/message-store.js';

/** A row's position as text for `cursor`; only `positionOf` reads it. */
export function cursorOf({ occurredAt, id, sourceId, week }: TimelinePosition): string {
  return Buffer.from(JSON.stringify([occurredAt, id, sourceId, week])).toString('base64url');
}

/** Null when the text is none that `cursorOf` gave out. */
export function positionOf(cursor: string): TimelinePosition | null {
  try {
    const [occurredAt, id, sourceId, week] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    if (typeof occurredAt !== 'string' || !/^\d{4}-/.test(occurredAt) || Number.isNaN(Date.parse(occurredAt)) || typeof id !== 'string' || typeof sourceId !== 'string') return null;
    if (!Number.isInteger(week) || Math.abs(week as number) > 2 ** 31 - 1) return null;
    return `${id}${sourceId}`.includes('\0') ? null : { occurredAt: new Date(occurredAt).toISOString(), id, sourceId, week: week as number };
  } catch {
    return null;
  }
}
