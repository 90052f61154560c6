import type { Signal, SignalOf } from '@perennial/contracts/signal';
import { latest, type Mark } from '../facts/mark.js';
import { dayOf, parseInstant, type EpochDay } from '../time/day.js';

/** What a backtest needs to know of a day besides the verdict on it. */
export interface CustomerDay {
  readonly accountId: string;
  readonly day: EpochDay;
  /** Somebody of us met, called or wrote to a contact. */
  readonly hasOutreach: boolean;
  /** The last NPS answer of the day. */
  readonly nps: (Mark & { readonly score: number }) | null;
}

/** Null where the signal says nothing of the kind. */
export function customerDayOf(signal: Signal): CustomerDay | null {
  const mark: Mark = { at: parseInstant(signal.occurredAt), id: signal.id };
  const day = { accountId: signal.accountId, day: dayOf(mark.at) };
  if (signal.kind === 'survey' && signal.data.type === 'nps') return { ...day, hasOutreach: false, nps: { ...mark, score: signal.data.score } };
  return signal.kind === 'engagement' && isOutreach(signal) ? { ...day, hasOutreach: true, nps: null } : null;
}

/** A held meeting, a call that nobody missed, or an outbound mail, with a contact. */
function isOutreach({ data, personId }: SignalOf<'engagement'>): boolean {
  const { type, outcome, direction, attendees } = data;
  if (personId === null && (attendees?.length ?? 0) === 0) return false;
  if (type === 'mail') return direction === 'outbound';
  if (type === 'call') return outcome === undefined || outcome === 'held';
  return (type === 'meeting' || type === 'qbr') && outcome === 'held';
}

/** Both of the same day: the same in whichever order they come, and however often. */
export const sameDay = (one: CustomerDay, other: CustomerDay): CustomerDay => ({ ...one, hasOutreach: one.hasOutreach || other.hasOutreach, nps: other.nps === null ? one.nps : latest(one.nps, other.nps) });
