import type { SignalOf } from '@perennial/contracts/signal';
import type { EpochDay } from '../time/day.js';
import { latest, type Mark } from './mark.js';
import { addTo, emptyRing, type Ring } from './ring.js';

/** Touches of the account, whoever took part. */
export interface TouchFacts {
  /** Touches a day that belong to no ticket. */
  days: Ring;
  /** Touches about a ticket: left out while it is an open escalation or complaint. Key `<day>|<ticket>`. */
  tied: Map<string, number>;
  last: Mark | null;
}

export const touchDays = 64;
const mostTied = 100;

export const emptyTouches = (): TouchFacts => ({ days: emptyRing(touchDays), tied: new Map(), last: null });

export const tiedKey = (day: EpochDay, ticketId: string): string => `${day}|${ticketId}`;
export function tiedParts(key: string): { day: EpochDay; ticketId: string } {
  const bar = key.indexOf('|');
  return { day: Number(key.slice(0, bar)), ticketId: key.slice(bar + 1) };
}

export function foldTouch(touches: TouchFacts, signal: SignalOf<'engagement'>, day: EpochDay, mark: Mark): void {
  touches.last = latest(touches.last, mark);
  const { ticketId } = signal.data;
  if (ticketId === undefined) {
    addTo(touches.days, day, 1);
    return;
  }
  const key = tiedKey(day, ticketId);
  touches.tied.set(key, (touches.tied.get(key) ?? 0) + 1);
  if (touches.tied.size > mostTied) {
    let oldest = key;
    for (const other of touches.tied.keys()) {
      const a = tiedParts(other);
      const b = tiedParts(oldest);
      if (a.day < b.day || (a.day === b.day && a.ticketId < b.ticketId)) oldest = other;
    }
    touches.tied.delete(oldest);
  }
}
