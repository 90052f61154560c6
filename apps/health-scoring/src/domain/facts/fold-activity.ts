import type { Signal } from '@perennial/contracts/signal';
import type { EpochDay } from '../time/day.js';
import { latest, type Mark } from './mark.js';
import { emptyRing, markIn, type Ring } from './ring.js';

/** Kinds by which a customer shows up. */
export type CustomerKind = 'usage' | 'engagement' | 'ticket' | 'survey';
export const customerKinds: readonly CustomerKind[] = ['usage', 'engagement', 'ticket', 'survey'];

/** Days on which the customer showed up by itself. */
export interface ActivityFacts {
  /** 1 on a day with a customer-originated signal. */
  days: Ring;
  last: Mark | null;
  /** Newest such day by kind. */
  lastDay: Partial<Record<CustomerKind, EpochDay>>;
}

/** 180 days of gaps and the days a silence may last. */
export const activityDays = 240;

export const emptyActivity = (): ActivityFacts => ({ days: emptyRing(activityDays), last: null, lastDay: {} });

/** A meeting or call that took place, or an answer of the customer. Our own mails and notes are no touch. */
export function isTouch(signal: Signal): boolean {
  if (signal.kind !== 'engagement') return false;
  const { type, outcome, direction, attendees } = signal.data;
  if (direction === 'inbound') return outcome === undefined || outcome === 'held';
  return type !== 'mail' && outcome === 'held' && (signal.personId !== null || (attendees?.length ?? 0) > 0);
}

function customerKindOf(signal: Signal): CustomerKind | null {
  switch (signal.kind) {
    case 'usage':
    case 'ticket':
    case 'survey':
      return signal.kind;
    case 'engagement':
      return isTouch(signal) ? 'engagement' : null;
    default:
      return null;
  }
}

export function foldActivity(activity: ActivityFacts, signal: Signal, day: EpochDay, mark: Mark): void {
  const kind = customerKindOf(signal);
  if (kind === null) return;
  markIn(activity.days, day);
  activity.last = latest(activity.last, mark);
  const known = activity.lastDay[kind];
  if (known === undefined || day > known) activity.lastDay[kind] = day;
}
