import { Type, type Static, type TSchema } from 'typebox';
import { rolesOf } from '../contacts/contact-facts.js';
import { hasRole, isDecisionMaker } from '../contacts/roles.js';
import { attainmentsOf } from '../goals/attainment.js';
import { cancelledContracts } from '../indicators/cancel-scheduled.js';
import { goneMark } from '../indicators/champion-left.js';
import { overdueInvoices } from '../indicators/payment-overdue.js';
import type { CompiledCap } from '../scorecard/compile-scorecard.js';
import type { ActiveIndicator } from '../state.js';
import { complaintDeadline, openComplaints, urgentTickets } from '../tickets/open-tickets.js';
import { dayMs } from '../time/day.js';
import { words } from '../words.js';
import type { AccountView } from './account-view.js';
import type { AssessedMeasure } from './assess-measures.js';

/** What a cap may look at. */
interface Case {
  readonly view: AccountView;
  readonly measures: readonly AssessedMeasure[];
  readonly indicators: readonly ActiveIndicator[];
  readonly redBelowBp: number;
}

export interface CapDefinition {
  readonly settings: TSchema;
  readonly holds: (seen: Case, settings: unknown) => boolean;
}

const cap = <S extends TSchema>(settings: S, holds: (seen: Case, settings: Static<S>) => boolean): CapDefinition => ({ settings, holds: (seen, given) => holds(seen, given as Static<S>) });
const strict = { additionalProperties: false };
const isRed = ({ measures, redBelowBp }: Case, id: string): boolean => measures.some(({ definition, freshBp }) => definition.id === id && freshBp !== null && freshBp < redBelowBp);

/** Facts that no average may hide, by the id a scorecard names them with. */
export const capById: Readonly<Record<string, CapDefinition>> = {
  cancel_scheduled: cap(Type.Object({}, strict), ({ view }) => cancelledContracts(view).length > 0),

  decision_maker_intent: cap(Type.Object({ atMost: Type.Number(), validityDays: Type.Number() }, strict), ({ view }, { atMost, validityDays }) =>
    view.stakeholders.some((contact) => {
      const { intent } = contact;
      if (intent === null || intent.score > atMost || !isDecisionMaker(rolesOf(contact))) return false;
      const until = intent.at + validityDays * dayMs;
      view.changesAt(until);
      return until > view.asOf;
    }),
  ),

  unused: cap(Type.Object({ level: Type.Number(), measure: Type.String() }, strict), (seen, { level, measure }) => {
    const { usage } = seen.view;
    if (usage.level === null || usage.reference === null) return false;
    return usage.level < level && usage.earlierTotal < level * usage.reference && isRed(seen, measure);
  }),

  urgent_ticket: cap(Type.Object({ days: Type.Number() }, strict), ({ view }, { days }) => {
    const [oldest] = urgentTickets(view.facts.tickets);
    if (oldest === undefined) return false;
    const at = oldest.since.at + days * dayMs;
    view.changesAt(at);
    return view.asOf >= at;
  }),

  goal_missed: cap(Type.Object({ below: Type.Number(), horizonDays: Type.Number() }, strict), ({ view }, { below, horizonDays }) =>
    attainmentsOf(view, { leastElapsedShare: 1, targetLockDays: 90, horizonDays }).some((goal) => goal.dueOn < view.today && goal.share !== null && goal.share < below),
  ),

  utilisation_red: cap(Type.Object({ afterMonth: Type.Number(), measure: Type.String() }, strict), (seen, { afterMonth, measure }) => seen.view.ageMonths > afterMonth && isRed(seen, measure)),

  stakeholder_gone: cap(Type.Object({}, strict), ({ view, indicators }) =>
    ([['sponsor_change', 'executive_sponsor'], ['champion_left', 'champion']] as const).some(([kind, role]) => {
      const gone = indicators.find((indicator) => indicator.kind === kind);
      if (gone === undefined) return false;
      const successor = view.stakeholders.some((contact) => contact.personId !== gone.subject && hasRole(rolesOf(contact), role) && goneMark(contact) === null);
      return !successor;
    }),
  ),

  complaint_overdue: cap(Type.Object({ businessDays: Type.Integer() }, strict), ({ view }, { businessDays }) => {
    const [oldest] = openComplaints(view.facts.tickets);
    return oldest !== undefined && view.asOf >= complaintDeadline(oldest.since.at, businessDays);
  }),

  invoice_overdue: cap(Type.Object({ days: Type.Integer() }, strict), ({ view }, { days }) => overdueInvoices(view, days + 1).length > 0),
};

export interface HoldingCap {
  readonly id: string;
  readonly limit: number;
  readonly reason: string;
}

/** The caps that hold, lowest first: the first one counts, and the others would in its place. */
export function holdingCaps(seen: Case, caps: readonly CompiledCap[]): HoldingCap[] {
  return caps
    .filter(({ settings, definition }) => definition.holds(seen, settings))
    .map(({ id, limit }) => ({ id, limit, reason: words.caps[id] ?? id }))
    .sort((a, b) => a.limit - b.limit);
}
