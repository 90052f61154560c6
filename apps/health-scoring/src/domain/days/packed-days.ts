import { decodeDay, type KeptDay } from './day-codec.js';
import type { DayPlan } from './reading-plan.js';

/**
 * All kept days of an account in one piece, as the database puts them together. Each: day (int4), instant of the look (int8, ms), revision (int4),
 * then the scorecard's id and the packed facts, each with its length in front (int4). Throws as `decodeDay` does.
 */
export function unpackDays(bytes: Buffer, plans: ReadonlyMap<number, DayPlan>): KeptDay[] {
  const days: KeptDay[] = [];
  const ids = new Map<string, string>();
  let at = 0;
  const part = (): Buffer => {
    const length = bytes.readInt32BE(at);
    at += 4 + length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const day = bytes.readInt32BE(at);
    const asOf = Number(bytes.readBigInt64BE(at + 4));
    const revision = bytes.readInt32BE(at + 12);
    at += 16;
    const text = part().toString('utf8');
    const id = ids.get(text) ?? text;
    ids.set(text, id);
    days.push({ day, judgedBy: { id, revision }, ...decodeDay(part(), day, asOf, plans) });
  }
  return days;
}
