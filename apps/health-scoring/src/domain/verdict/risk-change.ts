import type { HealthState, RiskChange } from '@perennial/contracts/health';
import { indicatorByKind } from '../indicators/all-indicators.js';
import { isRisk } from '../indicators/indicator.js';
import type { Cause, RenewalSummary, RiskLevel } from '../state.js';
import { isoDay } from '../time/day.js';

type Reason = RiskChange['reasons'][number];

const mostMeasures = 3;
const mostEvidence = 10;
/** The whole event stays below 20 KB. */
const mostBytes = 18_000;

/** The public event. Reasons: every risk indicator, the severe ones first, then the measures that weigh most in the new direction. */
export function riskChangeOf(health: Omit<HealthState, 'version'>, from: RiskLevel, cause: Cause, renewal: RenewalSummary | null): Omit<RiskChange, 'version'> {
  const change = {
    accountId: health.accountId,
    from,
    to: health.riskLevel,
    healthScore: health.healthScore,
    reasons: reasonsOf(health),
    cause,
    strikes: { count: health.strikes.count, groups: health.strikes.groups },
    renewalOn: renewal === null || renewal.renewalOn === null ? null : isoDay(renewal.renewalOn),
    noticeOn: renewal === null || renewal.noticeOn === null ? null : isoDay(renewal.noticeOn),
    arrMinor: renewal?.arrMinor ?? null,
    currency: renewal?.currency ?? null,
    scorecardRevision: health.scorecard,
    occurredAt: health.asOf,
  };
  while (change.reasons.length > 1 && Buffer.byteLength(JSON.stringify(change)) > mostBytes) change.reasons.pop();
  return change;
}

function reasonsOf(health: Omit<HealthState, 'version'>): Reason[] {
  const risks = health.indicators.filter((indicator) => isRisk(indicatorByKind.get(indicator.kind)?.group ?? 'hygiene'));
  const indicators: Reason[] = [...risks]
    .sort((a, b) => Number(b.severe) - Number(a.severe) || (a.since < b.since ? -1 : a.since > b.since ? 1 : a.kind < b.kind ? -1 : 1))
    .map(({ kind, text, evidence }) => ({ indicator: kind, text, evidence: evidence.slice(-mostEvidence) }));
  const well = health.riskLevel === 'green';
  const measures: Reason[] = health.measures
    .flatMap((measure) => (measure.contribution === null || (well ? measure.contribution <= 0 : measure.contribution >= 0) ? [] : [{ measure, contribution: measure.contribution }]))
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
    .slice(0, mostMeasures)
    .map(({ measure, contribution }) => ({ measure: measure.id, text: measure.text, contribution, evidence: 'signalIds' in measure.evidence ? measure.evidence.signalIds.slice(-mostEvidence) : [] }));
  return [...indicators, ...measures];
}
