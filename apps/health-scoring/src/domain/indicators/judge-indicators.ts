import type { CompiledIndicator } from '../scorecard/compile-scorecard.js';
import type { ActiveIndicator } from '../state.js';
import type { AccountView } from '../verdict/account-view.js';
import { bringsReview } from '../verdict/strikes.js';
import type { Finding, IndicatorDefinition } from './indicator.js';

const mostEvidence = 20;

/** Raises, updates and clears the account's indicators as of the look; `byRevision`: what is raised now is the scorecard's doing. Order as in the scorecard. */
export function judgeIndicators(view: AccountView, indicators: readonly CompiledIndicator[], byRevision = false): ActiveIndicator[] {
  const { state, asOf } = view;
  const before = state.indicators;
  state.suppressions = state.suppressions.filter((suppression) => suppression.until > asOf);
  const active: ActiveIndicator[] = [];
  for (const { definition, settings } of indicators) {
    const found = judgeOne(view, definition, settings, byRevision);
    if (found !== null) active.push(found);
  }
  for (const suppression of state.suppressions) view.changesAt(suppression.until);
  // Without a scorecard's doing among them every strike is a call by itself.
  if (!byRevision && active.some((indicator) => indicator.byRevision)) {
    const raised = new Set(active.filter(({ id }) => !before.some((known) => known.id === id)));
    if (bringsReview(active, raised)) for (const indicator of raised) indicator.calls = true;
  }
  state.indicators = active;
  return active;
}

function judgeOne(view: AccountView, definition: IndicatorDefinition, settings: unknown, byRevision: boolean): ActiveIndicator | null {
  const { state, asOf } = view;
  const { kind } = definition;
  const known = state.indicators.find((indicator) => indicator.kind === kind) ?? null;
  const suppression = state.suppressions.find((held) => held.kind === kind) ?? null;
  const finding = definition.judge(view, settings, { active: known, suppression });
  if (finding === null) {
    // What a person accepted is over once it no longer holds; the next time is a new one.
    if (suppression?.how === 'accepted') state.suppressions = state.suppressions.filter((held) => held !== suppression);
    return null;
  }
  if (suppression !== null) {
    if (!(finding.newsAt !== undefined && finding.newsAt > suppression.at)) return null;
    state.suppressions = state.suppressions.filter((held) => held !== suppression);
  }
  return known === null ? raised(kind, finding, asOf, byRevision) : updated(known, finding);
}

const raised = (kind: string, finding: Finding, asOf: number, byRevision: boolean): ActiveIndicator => ({
  id: `${kind}-${asOf.toString(36)}`,
  kind,
  since: Math.min(finding.since ?? asOf, asOf),
  severe: finding.severe,
  validUntil: finding.validUntil ?? null,
  evidence: finding.evidence.slice(-mostEvidence),
  subject: finding.subject ?? null,
  text: finding.text,
  confirmed: false,
  byRevision,
  calls: false,
  reference: finding.reference ?? null,
});

/** Evidence of a count (the last event before a fall) stays what it was when it was raised, as long as it is about the same thing. */
const updated = (known: ActiveIndicator, finding: Finding): ActiveIndicator => ({
  ...known,
  severe: finding.severe,
  validUntil: finding.validUntil ?? null,
  evidence: finding.newsAt === undefined && known.subject === (finding.subject ?? null) && known.evidence.length > 0 ? known.evidence : finding.evidence.slice(-mostEvidence),
  subject: finding.subject ?? null,
  text: finding.text,
  confirmed: known.confirmed && known.subject === (finding.subject ?? null),
  reference: finding.reference ?? null,
});
