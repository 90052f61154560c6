import { cancelScheduled } from './cancel-scheduled.js';
import { championLeft } from './champion-left.js';
import { complaintOpen } from './complaint-open.js';
import { csmConcern } from './csm-concern.js';
import { goalsMissing } from './goals-missing.js';
import { goneDark } from './gone-dark.js';
import type { IndicatorDefinition } from './indicator.js';
import { milestoneMissed } from './milestone-missed.js';
import { negativeSurvey } from './negative-survey.js';
import { noRenewalIntent } from './no-renewal-intent.js';
import { paymentOverdue } from './payment-overdue.js';
import { sponsorChange } from './sponsor-change.js';
import { ticketSurge } from './ticket-surge.js';
import { urgentTicketOpen } from './urgent-ticket-open.js';
import { usageDrop } from './usage-drop.js';

/** Every indicator a scorecard may name. */
export const allIndicators: readonly IndicatorDefinition[] = [
  usageDrop, goneDark, sponsorChange, championLeft, ticketSurge, urgentTicketOpen, complaintOpen, negativeSurvey, noRenewalIntent, csmConcern, milestoneMissed, paymentOverdue,
  cancelScheduled, goalsMissing,
];

export const indicatorByKind: ReadonlyMap<string, IndicatorDefinition> = new Map(allIndicators.map((indicator) => [indicator.kind, indicator]));
