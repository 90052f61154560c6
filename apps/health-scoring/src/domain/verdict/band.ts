import type { Scorecard } from '../scorecard/scorecard.js';
import type { Band, VerdictMemory } from '../state.js';
import type { EpochDay } from '../time/day.js';
import type { Adjusted } from './adjustments.js';
import { basisPoints } from './raw-score.js';

const rank: Readonly<Record<Band, number>> = { unknown: -1, red: 0, amber: 1, green: 2 };

/** What the rule for improving remembers. */
export type HeldBand = Pick<VerdictMemory, 'heldBand' | 'amberSince' | 'greenSince'>;

/** red [0, amber), amber [amber, green), green [green, 100]. */
export function bandOf(scoreBp: number | null, bands: Scorecard['bands']): Band {
  if (scoreBp === null) return 'unknown';
  return scoreBp < basisPoints(bands.amber) ? 'red' : scoreBp < basisPoints(bands.green) ? 'amber' : 'green';
}

/**
 * Band of the raw score with memory: worse at once, better only after enough points past the edge on enough
 * days running. Updates the memory.
 */
export function holdBand(memory: HeldBand, rawBp: number | null, today: EpochDay, scorecard: Pick<Scorecard, 'bands' | 'improving'>): Band {
  const { bands, improving } = scorecard;
  const plain = bandOf(rawBp, bands);
  const past = (edge: number): boolean => rawBp !== null && rawBp >= basisPoints(edge + improving.points);
  memory.amberSince = past(bands.amber) ? (memory.amberSince ?? today) : null;
  memory.greenSince = past(bands.green) ? (memory.greenSince ?? today) : null;
  const held = (since: EpochDay | null): boolean => since !== null && today - since >= improving.days - 1;

  if (plain === 'unknown' || memory.heldBand === 'unknown' || rank[plain] <= rank[memory.heldBand]) memory.heldBand = plain;
  else if (held(memory.greenSince)) memory.heldBand = 'green';
  else if (held(memory.amberSince) && rank.amber > rank[memory.heldBand]) memory.heldBand = 'amber';
  return memory.heldBand;
}

export interface BandVerdict {
  readonly band: Band;
  readonly lowConfidence: boolean;
}

/**
 * The band that is shown: an override's own; a cap's if that is worse than the held one; and with little
 * fresh data no green, with hardly any none at all.
 */
export function bandVerdict(held: Band, adjusted: Adjusted, dataCoverage: number, scorecard: Pick<Scorecard, 'bands' | 'coverage'>): BandVerdict {
  const plain = bandOf(adjusted.healthBp, scorecard.bands);
  if (adjusted.overridden) return { band: plain, lowConfidence: false };
  if (adjusted.healthBp === null) return { band: 'unknown', lowConfidence: false };
  // A cap in red is a fact of its own: it needs no other data, not even such as lies above it.
  if (bandOf(adjusted.limitBp, scorecard.bands) === 'red') return { band: 'red', lowConfidence: dataCoverage < scorecard.coverage.green };
  if (dataCoverage < scorecard.coverage.any) return { band: 'unknown', lowConfidence: false };
  const worse = adjusted.capped && rank[plain] < rank[held] ? plain : held;
  if (dataCoverage >= scorecard.coverage.green) return { band: worse, lowConfidence: false };
  return plain === 'green' ? { band: 'unknown', lowConfidence: false } : { band: plain, lowConfidence: true };
}
