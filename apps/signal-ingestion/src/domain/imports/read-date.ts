import { parseInstant } from '../event-time.js';

/** How a file writes 1/2/2026: day first, month first; null: nobody said. */
export type DateOrder = 'dmy' | 'mdy' | null;

const separated = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[,\sT]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?:\s*([AaPp])\.?[Mm]\.?)?)?$/;

/** An instant in ms: ISO 8601 (UTC where it names no offset), Unix seconds or milliseconds, or a date in the file's order. */
export function readInstant(text: string, order: DateOrder): number | { readonly problem: string } {
  const iso = parseInstant(/^\d{4}-\d\d-\d\d \d\d:\d\d.* [A-Za-z+-]/.test(text) ? text.replace(/ (UTC|Z|[+-]\d\d:?\d\d)$/i, (_, zone: string) => (/^utc$/i.test(zone) ? 'Z' : zone)) : text);
  if (iso !== null) return iso;
  if (/^\d{10}(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  if (/^\d{13}$/.test(text)) return Number(text);
  const parts = separated.exec(text);
  if (!parts) return { problem: 'is no date: write it as 2026-01-31 or 2026-01-31T09:30:00Z' };
  const [, first = '', separator, second = '', year = '', time, half] = parts;
  // Only points leave no doubt: those who write them put the day first.
  const dayFirst = separator === '.' || order === 'dmy' || (order === null && Number(first) > 12);
  if (!dayFirst && order !== 'mdy' && Number(second) <= 12) return { problem: 'may be two days, as 03/04/2026 may: write 2026-04-03, or say whether day or month comes first (dates: dmy or mdy)' };
  const [day, month] = dayFirst ? [first, second] : [second, first];
  const instant = parseInstant(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}${time === undefined ? '' : `T${clock(time, half)}`}`);
  return instant ?? { problem: 'is no day of the calendar' };
}

function clock(time: string, half: string | undefined): string {
  const [hour = '', ...rest] = time.split(':');
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  return [String(hours).padStart(2, '0'), ...rest].join(':');
}

/** The day of an instant or date, as ISO. */
export function readDay(text: string, order: DateOrder): string | { readonly problem: string } {
  const instant = readInstant(text, order);
  return typeof instant === 'number' ? isoOf(instant).slice(0, 10) : instant;
}

/** RFC 3339; the years before 0 and after 9999 are no dates of ours. */
export const isoOf = (ms: number): string => (Math.abs(ms) > 253_402_300_799_999 ? '9999-12-31T23:59:59.999Z' : new Date(ms).toISOString());
