import type { IndicatorSet } from './indicator-set.js';

/** The indicators that this revision judges. */
export const shippedIndicatorSet: IndicatorSet = {
  id: 'shipped',
  revision: 1,
  description: 'A fall of use is judged by the account\'s own history; peers are not compared in this revision.',
  indicators: [
    { kind: 'usage_drop', settings: { level: 0.7, z: -2.5, fewestWindows: 6, recovered: 0.85, severeBelow: 0.5 } },
    { kind: 'gone_dark', settings: { gapFactor: 1.5, gapPercentile: 0.95, gapDays: 180, fewestGaps: 8, businessDays: 10, fromDay: 30 } },
    {
      kind: 'sponsor_change',
      settings: {
        threshold: 0.6, evidenceDays: 365,
        weights: { bounced: 0.9, deactivated: 0.8, company: 0.9, handedOver: 0.95, departed: 0.95, title: 0.3, promotion: 0.4, missed: 0.4 },
      },
    },
    { kind: 'champion_left', settings: { evidenceDays: 365 } },
    { kind: 'ticket_surge', settings: { weeks: 6, z: 2.33, cleared: 1, fewestTickets: 10 } },
    { kind: 'urgent_ticket_open', settings: { severeDays: 7 } },
    { kind: 'complaint_open', settings: { businessDays: 10 } },
    { kind: 'negative_survey', settings: { nps: 6, csat: 2, validityDays: 180, fall: 2, fewestAnswers: 5, quarterWeeks: 13 } },
    { kind: 'no_renewal_intent', settings: { atMost: 3, cleared: 6, validityDays: 180 } },
    { kind: 'csm_concern', settings: { atMost: 2, severe: 1, validityDays: 45 } },
    { kind: 'milestone_missed', settings: { windowDays: 180 } },
    { kind: 'payment_overdue', settings: { days: 30 } },
    { kind: 'cancel_scheduled', settings: {} },
    { kind: 'goals_missing', settings: { fromDay: 30 } },
  ],
};
