import { Type, type Static, type TSchema } from 'typebox';
import { goneRoles, type CapFacts } from '../days/cap-facts.js';
import type { CompiledCap } from '../scorecard/compile-scorecard.js';
import { BusinessDays } from '../scorecard/setting-types.js';
import type { ActiveIndicator } from '../state.js';
import { complaintDeadline } from '../tickets/open-tickets.js';
import { dayMs, dayOf, type EpochMs } from '../time/day.js';
import { words } from '../words.js';
import { monthsOf } from './account-view.js';
import type { AssessedMeasure } from './assess-measures.js';

/** What a cap may look at. */
export interface CapCase {
  readonly asOf: EpochMs;
  readonly ageDays: number;
  readonly facts: CapFacts;
  readonly measures: readonly Pick<AssessedMeasure, 'definition' | 'freshBp'>[];
  readonly indicators: readonly Pick<ActiveIndicator, 'kind'>[];
  readonly redBelowBp: number;
  /** Told of the instants at which time alone changes what holds. */
  readonly changesAt: (instant: EpochMs) => void;
}

export interface CapDefinition {
  readonly settings: TSchema;
  readonly holds: (seen: CapCase, settings: unknown) => boolean;
}

const cap = <S extends TSchema>(settings: S, holds: (seen: CapCase, settings: Static<S>) => boolean): CapDefinition => ({ settings, holds: (seen, given) => holds(seen, given as Static<S>) });
const strict = { additionalProperties: false };
const isRed = ({ measures, redBelowBp }: CapCase, id: string): boolean => measures.some(({ definition, freshBp }) => definition.id === id && freshBp !== null && freshBp < redBelowBp);

/** Facts that no average may hide, by the id a scorecard names them with. */
export const capById: Readonly<Record<string, CapDefinition>> = {
  cancel_scheduled: cap(Type.Object({}, strict), ({ facts }) => facts.cancelled),

  decision_maker_intent: cap(Type.Object({ atMost: Type.Number(), validityDays: Type.Number() }, strict), ({ facts, asOf, changesAt }, { atMost, validityDays }) => {
    const newest = facts.intents.find(({ score }) => score <= atMost);
    if (newest === undefined) return false;
    const until = newest.at + validityDays * dayMs;
    changesAt(until);
    return until > asOf;
  }),

  unused: cap(Type.Object({ level: Type.Number(), measure: Type.String() }, strict), (seen, { level, measure }) => {
    const { use } = seen.facts;
    return use !== null && use.level < level && use.earlier < level && isRed(seen, measure);
  }),

  urgent_ticket: cap(Type.Object({ days: Type.Number() }, strict), ({ facts, asOf, changesAt }, { days }) => {
    if (facts.urgentSince === null) return false;
    const at = facts.urgentSince + days * dayMs;
    changesAt(at);
    return asOf >= at;
  }),

  goal_missed: cap(Type.Object({ below: Type.Number(), horizonDays: Type.Number() }, strict), ({ facts, asOf }, { below, horizonDays }) =>
    facts.dueGoals.some(({ dueOn, share }) => dueOn >= dayOf(asOf) - horizonDays && share < below),
  ),

  utilisation_red: cap(Type.Object({ afterMonth: Type.Number(), measure: Type.String() }, strict), (seen, { afterMonth, measure }) => monthsOf(seen.ageDays) > afterMonth && isRed(seen, measure)),

  stakeholder_gone: cap(Type.Object({}, strict), ({ facts, indicators }) => goneRoles.some(([kind]) => facts.unreplaced.includes(kind) && indicators.some((indicator) => indicator.kind === kind))),

  complaint_overdue: cap(Type.Object({ businessDays: BusinessDays }, strict), ({ facts, asOf }, { businessDays }) => facts.complaintSince !== null && asOf >= complaintDeadline(facts.complaintSince, businessDays)),

  invoice_overdue: cap(Type.Object({ days: Type.Integer() }, strict), ({ facts }, { days }) => facts.overdueDays > days),
};

export interface HoldingCap {
  readonly id: string;
  readonly limit: number;
  readonly reason: string;
}

/** The caps that hold, lowest first: the first one counts, and the others would in its place. */
export function holdingCaps(seen: CapCase, caps: readonly CompiledCap[]): HoldingCap[] {
  return caps
    .filter(({ settings, definition }) => definition.holds(seen, settings))
    .map(({ id, limit }) => ({ id, limit, reason: words.caps[id] ?? id }))
    .sort((a, b) => a.limit - b.limit);
}
