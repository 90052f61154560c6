import type { SignalKind } from '@perennial/contracts/signal';
import { afterWeekdayTime, dayMs, type EpochMs } from '../time/day.js';

/** One row of the small shared table: when any account last sent this kind, and how far apart it usually comes. */
export interface SourceSighting {
  readonly kind: SignalKind;
  readonly lastSeenAt: EpochMs;
  /** Slow mean of the gaps between sightings, milliseconds; 0 until the second sighting. */
  readonly usualGapMs: number;
}

/** Per kind: when it falls silent for good unless something comes. A kind that nobody ever sent is absent. */
export type SourceLiveness = Readonly<Partial<Record<SignalKind, { readonly lastSeenAt: EpochMs; readonly staleAt: EpochMs }>>>;

/** `absent`: nobody ever sent this kind. `stale`: the source is silent for everyone. */
export type SourceState = 'absent' | 'alive' | 'stale';

const quietestMs = 2 * dayMs;
const usualGaps = 3;

/**
 * Kinds that are kept by hand or on change only: until their own rhythm is known to be quicker, silence
 * of a month is usual. All other kinds are streams, silent after two days.
 */
const recordGapMs = 30 * dayMs;
const records: ReadonlySet<SignalKind> = new Set(['license', 'survey', 'person', 'milestone', 'pulse', 'note', 'invoice', 'contract', 'goal', 'opportunity']);

/**
 * When each kind counts as stale: two days or three usual gaps after it was last seen.
 * Saturdays and Sundays do not count: a product that nobody uses at weekends must not alarm every Monday.
 */
export function livenessOf(sightings: readonly SourceSighting[]): SourceLiveness {
  const liveness: Partial<Record<SignalKind, { lastSeenAt: EpochMs; staleAt: EpochMs }>> = {};
  for (const { kind, lastSeenAt, usualGapMs } of sightings) {
    const gap = records.has(kind) ? Math.max(usualGapMs, recordGapMs) : usualGapMs;
    liveness[kind] = { lastSeenAt, staleAt: afterWeekdayTime(lastSeenAt, Math.max(quietestMs, usualGaps * gap)) };
  }
  return liveness;
}

export function sourceStateOf(sources: SourceLiveness, kind: SignalKind, asOf: EpochMs): SourceState {
  const source = sources[kind];
  if (source === undefined) return 'absent';
  return asOf < source.staleAt ? 'alive' : 'stale';
}

/** Gaps shorter than this are one burst. */
const burstMs = 60_000;
const memory = 0.1;

/** Folds one more sighting; gaps inside a burst leave the usual gap alone, an earlier one changes nothing. */
export function sight(known: SourceSighting | null, kind: SignalKind, receivedAt: EpochMs): SourceSighting {
  if (known === null) return { kind, lastSeenAt: receivedAt, usualGapMs: 0 };
  const gap = receivedAt - known.lastSeenAt;
  if (gap <= 0) return known;
  if (gap < burstMs) return { kind, lastSeenAt: receivedAt, usualGapMs: known.usualGapMs };
  const usualGapMs = known.usualGapMs === 0 ? gap : Math.round(known.usualGapMs + memory * (gap - known.usualGapMs));
  return { kind, lastSeenAt: receivedAt, usualGapMs };
}
