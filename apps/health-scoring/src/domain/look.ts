import type { HealthState, RiskChange } from '@perennial/contracts/health';
import { isSilent } from './account-health.js';
import type { PersonUse } from './contacts/active-days.js';
import { dayFactsOf, type DayFacts } from './days/day-facts.js';
import { judgeDay, markOf } from './days/judge-day.js';
import { readingPlanOf, type ReadingPlan } from './days/reading-plan.js';
import type { CountedFeatures } from './facts/fold-feature.js';
import { forgetSolved } from './facts/fold-ticket.js';
import { judgeIndicators } from './indicators/judge-indicators.js';
import type { Reading } from './measures/measure.js';
import type { CompiledScorecard, ScorecardRef } from './scorecard/compile-scorecard.js';
import { mixed, switchDaysOf, type DayPassage, type Passage } from './scorecard/passage.js';
import type { SourceLiveness } from './sources/source-liveness.js';
import type { AccountHealthState, Cause, VerdictMemory } from './state.js';
import { dayOf, isoDay, isoInstant, type EpochMs } from './time/day.js';
import { productScoresOf } from './products/product-score.js';
import { advanceHeaviest } from './usage/advance-heaviest.js';
import { advanceUsage } from './usage/advance-usage.js';
import { noPeers, sizeClassOf, type ComparedUse, type UsagePeers } from './usage/usage-peers.js';
import { AccountView } from './verdict/account-view.js';
import { adjust } from './verdict/adjustments.js';
import type { AssessedMeasure } from './verdict/assess-measures.js';
import { bandOf, bandVerdict } from './verdict/band.js';
import { noteDailyScore } from './verdict/daily-scores.js';
import { fingerprintNumber, fingerprintOf } from './verdict/fingerprint.js';
import { knownRenewal } from './verdict/known-renewal.js';
import { riskChangeOf } from './verdict/risk-change.js';
import { shadowScoreOf, type ShadowScore } from './verdict/shadow-score.js';
import { groupOf } from './verdict/strikes.js';
import { heldTrend } from './verdict/trend.js';

/** A passage with the scorecard that is left. */
export interface UnderWay {
  readonly from: CompiledScorecard;
  readonly passage: Passage;
}

/** What a look depends on besides the account. */
export interface LookContext {
  readonly asOf: EpochMs;
  readonly cause: Cause;
  readonly scorecard: CompiledScorecard;
  /** The account is on its way to it from that one; null or left out: it judges alone. */
  readonly under?: UnderWay | null;
  /** Score besides; nothing follows from them. */
  readonly shadows?: readonly CompiledScorecard[];
  readonly sources: SourceLiveness;
  /** All that is read and kept of the day; covers `scorecard` and `shadows`. What these need by default. */
  readonly plan?: ReadingPlan;
  /** Publication since which these scorecards are in force. */
  readonly generation?: number;
  /** What the use of accounts of the same size did; none are compared by default. */
  readonly usagePeers?: UsagePeers;
  /** The use of all contacts, for the weekly look at the heaviest users where `isHeaviestLookDue`; without it that look is left for later. */
  readonly everyone?: readonly PersonUse[] | undefined;
  /** Features whose use is watched one by one; none by default. */
  readonly keyFeatures?: readonly string[];
  /** Since when these are counted; from the beginning by default. */
  readonly featureCounts?: CountedFeatures;
  /** Imports whose changes of contacts are no evidence: nobody has said what they are, or they were a clean-up. None by default. */
  readonly uncounted?: ReadonlySet<string>;
  /** The deployment only observes: states are shown, nothing is sent. */
  readonly observe?: boolean;
}

/** One day of the account's history, as the last look of that day saw it. */
export interface HistoryRow {
  /** ISO date (UTC). */
  readonly day: string;
  readonly healthScore: number | null;
  readonly rawScore: number | null;
  readonly band: HealthState['band'];
  readonly riskLevel: HealthState['riskLevel'];
  readonly dataCoverage: number;
  readonly strikes: number;
  readonly scorecard: ScorecardRef;
  /** What the scorecards in shadow made of it. */
  readonly shadows: readonly ShadowScore[];
}

export interface Verdict {
  readonly health: Omit<HealthState, 'version'>;
  /** False where nothing that `fingerprint` holds differs from the last verdict: nothing to publish. */
  readonly changed: boolean;
  readonly fingerprint: string;
  /** What to tell other systems; null without a change of risk level, while observing and on the first verdict. */
  readonly riskChange: Omit<RiskChange, 'version'> | null;
  readonly nextLookAt: EpochMs;
  readonly history: HistoryRow;
  /** What stands without the override that is in force; null without one. */
  readonly computed: ComputedVerdict | null;
  /** What the look knew, to judge the day anew by. */
  readonly facts: DayFacts;
  /** What it said by them (`markOf`). */
  readonly mark: number;
  /** By which passage; null: by the scorecard alone. */
  readonly passage: DayPassage | null;
  /** Use as a share of its reference, to compare accounts of one size by; null without eight weeks of history. */
  readonly use: ComparedUse | null;
}

/** Score and band by the facts alone, caps included. */
export interface ComputedVerdict {
  readonly healthScore: number | null;
  readonly band: HealthState['band'];
}

/** Judges the account as of `asOf`; remembers in `state` what the next look needs. Null while the account is being restated or imported. One that was merged into another has no score: its signals count there. */
export function look(state: AccountHealthState, context: LookContext): Verdict | null {
  if (isSilent(state)) return null;
  const { asOf, sources, under = null } = context;
  const passage: DayPassage | null = under && { from: { id: under.from.id, revision: under.from.revision }, step: under.passage.step, days: switchDaysOf(context.scorecard) };
  const scorecard = under === null || passage === null ? context.scorecard : mixed(under.from, context.scorecard, passage);
  // What a silent source told is judged as on its last day: as long as it is silent nothing of it is forgotten.
  forgetSolved(state.facts.tickets, Math.min(asOf, sources.ticket?.staleAt ?? asOf));
  advanceUsage(state, sources, asOf, scorecard.indicators, context.usagePeers ?? noPeers);
  if (context.everyone !== undefined && !state.merged) advanceHeaviest(state, context.everyone, sources, asOf, scorecard.indicators);
  const view = new AccountView(state, asOf, sources, scorecard, context.keyFeatures, context.featureCounts ?? null, context.uncounted);
  const { memory } = state;
  const wasUnknown = memory.heldBand === 'unknown';

  const judgedBy = { id: scorecard.id, revision: scorecard.revision };
  if (under !== null) memory.dailyScores = noScores();
  // On the way the score goes on from where it was, and so does what its band has to prove.
  if (isOtherScorecard(memory, judgedBy) && (under === null || memory.judgedBy?.id === judgedBy.id)) beginAnew(memory);
  if (state.merged) state.indicators = [];
  else judgeIndicators(view, scorecard.indicators, (state.pendingCause ?? context.cause) === 'revision');
  const { indicators } = state;
  if (state.override !== null && state.override.expiresAt <= asOf) state.override = null;
  if (state.override !== null) view.changesAt(state.override.expiresAt);
  // A band that nobody was told of needs no proof to improve: of half a history it may be anything.
  const facts = dayFactsOf(view, context.plan ?? readingPlanOf([scorecard, ...(context.shadows ?? [])]), isObserved(state, context) || state.pendingCause === 'import');
  const changesAt = (instant: EpochMs): void => view.changesAt(instant);
  const judged = judgeDay(facts, scorecard, { reviews: state.reviews, changesAt });
  const { measures, rawBp, contributionsBp, dataCoverage, caps, adjusted, band, lowConfidence, strikes, riskLevel } = judged;
  if (measures.length < scorecard.measures.length) throw new RangeError(`the plan lacks what ${scorecard.id} judges by`);
  if (wasUnknown) memory.knownSince = judged.held.heldBand === 'unknown' ? null : view.today;
  Object.assign(memory, judged.held);
  // Nor is the way from one scorecard to another a trend.
  const trend = under === null ? heldTrend(noteDailyScore(memory, view.today, adjusted.healthBp), scorecard.trend) : 'flat';
  const computed = state.override === null || state.merged ? null : adjust(rawBp, caps[0] ?? null, null);

  const health: Omit<HealthState, 'version'> = {
    accountId: state.accountId,
    healthScore: points(adjusted.healthBp),
    rawScore: points(rawBp),
    adjustments: adjusted.adjustments,
    ...(caps.length > 0 && { caps: [...caps] }),
    override: state.override === null ? null : { ...state.override, expiresAt: isoInstant(state.override.expiresAt) },
    band,
    riskLevel,
    dataCoverage,
    lowConfidence,
    trend,
    strikes,
    measures: measures.map((measure, i) => readingOf(measure, contributionsBp[i] ?? null, scorecard)),
    indicators: indicators.map((indicator) => ({
      id: indicator.id,
      kind: indicator.kind,
      group: groupOf(indicator),
      severe: indicator.severe,
      text: indicator.text,
      since: isoInstant(indicator.since),
      validUntil: indicator.validUntil === null ? null : isoInstant(indicator.validUntil),
      evidence: [...indicator.evidence],
      ...(indicator.byRevision && { byRevision: true }),
    })),
    ...(state.products.size > 0 && !state.merged && { products: productsOf(view, scorecard) }),
    scorecard: judgedBy,
    ...(passage !== null && { passage: { from: passage.from, share: Math.round((passage.step / passage.days) * 10_000) / 10_000, until: isoDay(view.today + passage.days - passage.step) } }),
    asOf: isoInstant(asOf),
  };

  const fingerprint = fingerprintOf(health, scorecard.coverage);
  const changed = memory.fingerprint !== fingerprintNumber(fingerprint);
  const riskChange = tell(state, health, context);
  memory.fingerprint = fingerprintNumber(fingerprint);
  memory.band = band;
  memory.riskLevel = riskLevel;
  if (memory.judgedBy?.id !== judgedBy.id) memory.judgedSince = view.today;
  memory.judgedBy = judgedBy;
  memory.passage = under?.passage ?? null;
  memory.generation = context.generation ?? 0;
  state.pendingCause = null;
  state.nextLookAt = view.nextLookAt;
  const shadows = state.merged ? [] : (context.shadows ?? []).map((shadow) => shadowScoreOf(facts, shadow, changesAt));
  const { healthScore, rawScore } = health;
  const history: HistoryRow = { day: isoDay(view.today), healthScore, rawScore, band, riskLevel, dataCoverage, strikes: strikes.count, scorecard: health.scorecard, shadows };
  return {
    health, changed, fingerprint, riskChange, nextLookAt: state.nextLookAt, history, facts, mark: markOf(judged), passage, use: useOf(view),
    computed: computed && { healthScore: points(computed.healthBp), band: bandVerdict(judged.held.heldBand, computed, dataCoverage, scorecard).band },
  };
}

/**
 * Every account starts unknown. Its first verdict is no change, as long as it is no alarm: green, or what an
 * import finds out, is only taken note of (a first state is never an entry). That does not depend on whether the
 * account's record or its first signal came first. While observing, changes are noted and not told.
 */
function tell(state: AccountHealthState, health: Omit<HealthState, 'version'>, context: LookContext): Omit<RiskChange, 'version'> | null {
  const { memory } = state;
  const { riskLevel } = health;
  const known = memory.toldRisk;
  if (known === null && riskLevel === 'unknown') return null;
  memory.toldRisk = riskLevel;
  const from = known ?? 'unknown';
  const cause = state.pendingCause ?? context.cause;
  const firstState = known === null && (riskLevel === 'green' || cause === 'import');
  if (firstState || from === riskLevel || isObserved(state, context)) return null;
  return riskChangeOf(health, from, cause, knownRenewal(state, dayOf(context.asOf)));
}

/** True when the account was judged by another scorecard, or another revision of it, before. */
export const isOtherScorecard = ({ judgedBy }: VerdictMemory, { id, revision }: ScorecardRef): boolean => judgedBy !== null && (judgedBy.id !== id || judgedBy.revision !== revision);

/** Scores of two scorecards cannot be held against each other: no band holds back its successor's, and there is no trend across them. */
function beginAnew(memory: VerdictMemory): void {
  memory.heldBand = 'unknown';
  memory.amberSince = null;
  memory.greenSince = null;
  memory.dailyScores = noScores();
}

const noScores = (): VerdictMemory['dailyScores'] => ({ newest: 0, scores: [] });

/** The deployment only observes, or the account does until its goLive day. */
function isObserved(state: AccountHealthState, { observe, asOf }: LookContext): boolean {
  const goLive = state.account?.goLive ?? null;
  return observe === true || (goLive !== null && dayOf(asOf) < goLive);
}

/** Days of history that make a reference. */
const comparableDays = 56;

function useOf({ usage }: AccountView): Verdict['use'] {
  if (usage.level === null || usage.historyDays < comparableDays) return null;
  return { level: usage.level, sizeClass: sizeClassOf(usage.contactReference ?? usage.contacts) };
}

const productsOf = (view: AccountView, scorecard: CompiledScorecard): NonNullable<HealthState['products']> =>
  productScoresOf(view, scorecard).map(({ measures, contributionsBp, ...score }) => ({ ...score, measures: measures.map((measure, i) => readingOf(measure, contributionsBp[i] ?? null, scorecard)) }));

const points = (basisPoints: number | null): number | null => (basisPoints === null ? null : basisPoints / 100);

function readingOf(measure: AssessedMeasure<Reading>, contributionBp: number | null, scorecard: CompiledScorecard): HealthState['measures'][number] {
  const { definition, reading, weight, state, pointsBp, validUntil } = measure;
  return {
    id: definition.id,
    family: definition.family,
    value: reading.found ? reading.value : null,
    unit: reading.found ? definition.unit : null,
    points: points(pointsBp),
    band: bandOf(pointsBp, scorecard.bands),
    weight,
    contribution: points(contributionBp),
    state,
    validUntil: validUntil === null ? null : isoInstant(validUntil),
    text: reading.text,
    evidence: reading.found ? reading.evidence : { signalIds: [] },
  };
}
