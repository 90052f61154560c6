import { hashOf } from '../codec/hash.js';
import type { CompiledScorecard } from '../scorecard/compile-scorecard.js';
import type { Band, Review, RiskLevel } from '../state.js';
import { dayOf, type EpochMs } from '../time/day.js';
import { adjust, type Adjusted } from '../verdict/adjustments.js';
import { assessMeasures, type AssessedMeasure } from '../verdict/assess-measures.js';
import { bandVerdict, holdBand, type HeldBand } from '../verdict/band.js';
import { holdingCaps, type HoldingCap } from '../verdict/caps.js';
import { basisPoints, noScore, rawScoreOf, type RawScore } from '../verdict/raw-score.js';
import { riskLevelOf } from '../verdict/risk-level.js';
import { strikesOf, type Strikes } from '../verdict/strikes.js';
import type { DayFacts, DayIndicator, DayReading, ScoringFacts } from './day-facts.js';
import { placesIn } from './reading-plan.js';

/** What one scorecard makes of an account on one day. Scores in basis points. */
export interface DayVerdict<R extends DayReading = DayReading> extends RawScore {
  /** Those of the scorecard that were read, in its order; `contributionsBp` goes with them. */
  readonly measures: readonly AssessedMeasure<R>[];
  /** Lowest first; the first one counts. */
  readonly caps: readonly HoldingCap[];
  readonly adjusted: Adjusted;
  /** The held band after this day, which the next one goes on from. */
  readonly held: HeldBand;
  readonly band: Band;
  readonly lowConfidence: boolean;
  /** Those of the day that the scorecard knows. */
  readonly indicators: readonly DayIndicator[];
  readonly strikes: Strikes;
  readonly riskLevel: RiskLevel;
}

export interface JudgingDay {
  /** The band to go on from; the one that the account had by default. */
  readonly held?: HeldBand;
  readonly reviews?: readonly Review[];
  /** Told of the instants at which time alone changes the verdict. */
  readonly changesAt?: (instant: EpochMs) => void;
}

const ignore = (): void => undefined;

/**
 * The verdict on the day by the scorecard: what the look said, bit for bit, where it is the one that judged. Indicators are those that were
 * raised at the time; of measures that nobody read with these settings (`unreadIn`) the verdict knows nothing.
 */
export function judgeDay<R extends DayReading>(facts: DayFacts<R>, card: CompiledScorecard, { held = facts.held, reviews = [], changesAt = ignore }: JudgingDay = {}): DayVerdict<R> {
  const indicators = facts.indicators.every(({ kind }) => card.kinds.has(kind)) ? facts.indicators : facts.indicators.filter(({ kind }) => card.kinds.has(kind));
  const { measures, raw, caps } = scoreDay(facts, card, indicators, changesAt);
  const { rawBp, dataCoverage } = raw;
  const adjusted = adjust(rawBp, caps[0] ?? null, facts.merged ? null : facts.override);
  const next = { ...held, ...(facts.untold && { heldBand: 'unknown' as const }) };
  holdBand(next, dataCoverage < card.coverage.any ? null : rawBp, dayOf(facts.asOf), card);
  const { band, lowConfidence } = bandVerdict(next.heldBand, adjusted, dataCoverage, card);
  const strikes = strikesOf(indicators, reviews);
  return { ...raw, measures, caps, adjusted, held: next, band, lowConfidence, indicators, strikes, riskLevel: riskLevelOf(band, strikes, indicators) };
}

/** The raw score and the caps that hold, by indicators that may be another scorecard's. */
export function scoreDay<R extends DayReading>(facts: ScoringFacts<R>, card: CompiledScorecard, indicators: readonly DayIndicator[], changesAt: (instant: EpochMs) => void = ignore) {
  const { asOf, plan, readings, applicant, merged } = facts;
  const measures = assessMeasures(card, asOf, placesIn(plan, card).map((place) => (place === undefined ? undefined : readings[place])));
  for (const { validUntil } of measures) if (validUntil !== null) changesAt(validUntil);
  const raw = merged ? noScore(measures.length) : rawScoreOf(measures);
  const caps = merged ? [] : holdingCaps({ asOf, ageDays: applicant.ageDays, facts: facts.caps, measures, indicators, redBelowBp: basisPoints(card.bands.amber), changesAt }, card.caps);
  return { measures, raw, caps };
}

/** Tells one verdict from another: 32 bits over every measure's points, score, band, risk level and strikes. */
export const markOf = ({ measures, adjusted, rawBp, band, riskLevel, strikes }: Omit<DayVerdict, 'held' | 'caps'>): number =>
  hashOf([...measures.map(({ pointsBp }) => pointsBp), rawBp, adjusted.healthBp, band, riskLevel, strikes.count].join());
