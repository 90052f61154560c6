import { cadenceMissed } from './cadence-missed.js';
import { cancelScheduled } from './cancel-scheduled.js';
import { championLeft } from './champion-left.js';
import { complaintOpen } from './complaint-open.js';
import { contraction } from './contraction.js';
import { csmConcern } from './csm-concern.js';
import { executiveGap } from './executive-gap.js';
import { expansionInterest } from './expansion-interest.js';
import { goalBehind } from './goal-behind.js';
import { goalsMissing } from './goals-missing.js';
import { goneDark } from './gone-dark.js';
import type { IndicatorDefinition } from './indicator.js';
import { keyFeatureDrop } from './key-feature-drop.js';
import { milestoneMissed } from './milestone-missed.js';
import { negativeSurvey } from './negative-survey.js';
import { noRenewalIntent } from './no-renewal-intent.js';
import { onboardingDelayed } from './onboarding-delayed.js';
import { paymentOverdue } from './payment-overdue.js';
import { powerUserDecline } from './power-user-decline.js';
import { seatSaturation } from './seat-saturation.js';
import { singleThreaded } from './single-threaded.js';
import { sponsorChange } from './sponsor-change.js';
import { ticketSurge } from './ticket-surge.js';
import { urgentTicketOpen } from './urgent-ticket-open.js';
import { usageDrop } from './usage-drop.js';

/** Every indicator a scorecard may name. */
export const allIndicators: readonly IndicatorDefinition[] = [
  usageDrop, keyFeatureDrop, powerUserDecline, goneDark, sponsorChange, championLeft, ticketSurge, urgentTicketOpen, complaintOpen, negativeSurvey, noRenewalIntent, csmConcern, milestoneMissed,
  onboardingDelayed, goalBehind, paymentOverdue, contraction, cancelScheduled, goalsMissing, singleThreaded, executiveGap, cadenceMissed, seatSaturation, expansionInterest,
];

export const indicatorByKind: ReadonlyMap<string, IndicatorDefinition> = new Map(allIndicators.map((indicator) => [indicator.kind, indicator]));
