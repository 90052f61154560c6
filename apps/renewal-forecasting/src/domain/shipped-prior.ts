import type { PriorDocument } from './prior-document.js';

/** The prior Perennial ships: renewal rates and weights seen across subscription businesses, for a company without outcomes of its own. */
export const shippedPrior: PriorDocument = {
  id: 'renewal-prior',
  revision: 1,
  baseByTermLength: [
    { upToDays: 93, probability: 0.975 },
    { upToDays: null, probability: 0.9 },
  ],
  goals: {
    classes: [
      { id: 'over_achieved', label: 'goals over-achieved', from: 1.2, start: { probability: 0.999 } },
      { id: 'achieved', label: 'goals achieved', from: 1, start: { probability: 0.99 } },
      { id: 'under_achieved', label: 'goals under-achieved', from: null, start: { shift: -2.2 } },
    ],
    halfLifeDays: 180,
    targetFrozenDays: 90,
    milestonePhases: ['value'],
    milestoneWeight: 1,
    unmeasuredLabel: 'goals not recorded',
  },
  indicatorGroups: {
    use: [
      { kind: 'usage_drop', severe: true, logOdds: -2.5 },
      { kind: 'usage_drop', severe: false, logOdds: -1.2 },
      { kind: 'gone_dark', severe: null, logOdds: -1 },
    ],
    people: [
      { kind: 'sponsor_change', severe: null, logOdds: -1.2 },
      { kind: 'champion_left', severe: null, logOdds: -1 },
    ],
    voice: [
      { kind: 'no_renewal_intent', severe: true, logOdds: -4 },
      { kind: 'no_renewal_intent', severe: false, logOdds: -0.8 },
      { kind: 'negative_survey', severe: null, logOdds: -0.8 },
    ],
    support: [
      { kind: 'urgent_ticket_open', severe: null, logOdds: -0.8 },
      { kind: 'complaint_open', severe: true, logOdds: -0.8 },
      { kind: 'ticket_surge', severe: null, logOdds: -0.4 },
    ],
    delivery: [
      { kind: 'milestone_missed', severe: null, logOdds: -0.7 },
      { kind: 'onboarding_delayed', severe: null, logOdds: -0.7 },
      { kind: 'goal_behind', severe: null, logOdds: -0.7 },
    ],
    payment: [{ kind: 'payment_overdue', severe: null, logOdds: -0.9 }],
  },
  pulse: { 1: -2.5, 2: -1.5, 4: 0.3, 5: 0.6 },
  states: { churnNotified: 0.05, autoRenewPastNotice: 0.97, agreed: 1 },
  publishedWithin: { least: 0.05, most: 0.98 },
};
