import type { Scorecard } from './scorecard.js';

/**
 * The scorecard for accounts with a customer-success manager. Weights are those of
 * the full card; key_features (7) and ticket_trend (4) are not measured in this revision, and the score is
 * the weighted mean over the others, as the formula has it.
 */
export const csmLedScorecard: Scorecard = {
  id: 'csm-led',
  revision: 1,
  description: 'Accounts with a customer-success manager. Without key_features and ticket_trend, which this revision does not measure.',
  measures: [
    {
      id: 'goal_attainment', weight: 16, curve: [[0, 0], [0.8, 50], [1, 90], [1.2, 100]], validityDays: null,
      settings: { missingFromDay: 30, leastElapsedShare: 0.25, targetLockDays: 90, horizonDays: 365 },
    },
    { id: 'milestones_on_time', weight: 9, curve: [[0, 0], [0.5, 40], [1, 100]], validityDays: null, settings: { windowDays: 180 } },
    {
      id: 'license_utilisation', weight: 8, curve: null, validityDays: null,
      settings: {
        fromDay: 60, activeDays: 28, settledDays: 90,
        red: [[5, 0.1], [7, 0.5], [8, 0.5], [10, 0.7]],
        green: [[5, 0.5], [7, 0.75]],
      },
    },
    { id: 'usage_level', weight: 10, curve: [[0.5, 0], [0.7, 40], [1, 80], [1.2, 100]], validityDays: null, settings: { historyDays: 56, fewContacts: 5 } },
    {
      id: 'survey', weight: 9, curve: [[0, 0], [6, 35], [8, 70], [10, 100]], validityDays: 180,
      settings: { weights: { executive_sponsor: 3, budget_holder: 3, champion: 2, power_user: 1.5, influencer: 1.5 }, otherWeight: 1, othersTogether: 2 },
    },
    { id: 'renewal_intent', weight: 6, curve: [[0, 0], [3, 10], [6, 50], [8, 80], [10, 100]], validityDays: 180, settings: {} },
    { id: 'touches', weight: 5, curve: [[0, 0], [0.33, 50], [1, 100]], validityDays: null, settings: { windowDays: 30, neverFromDay: 30 } },
    { id: 'executive_touch', weight: 5, curve: [[60, 100], [120, 0]], validityDays: null, settings: { neverFromDay: 30 } },
    {
      id: 'ticket_load', weight: 6, curve: [[0, 85], [5, 75], [12, 40], [24, 0]], validityDays: null,
      settings: { load: { low: 1, normal: 2, high: 5, urgent: 12 }, contactsPerUnit: 100, activeDays: 28, lowUse: 0.5, pointsAtLowUse: 50 },
    },
    { id: 'csm_sentiment', weight: 10, curve: [[1, 0], [2, 25], [3, 60], [4, 85], [5, 100]], validityDays: 45, settings: {} },
    { id: 'multithreading', weight: 5, curve: [[0, 0], [100, 100]], validityDays: null, settings: { windowDays: 90, neverFromDay: 30, roleShare: 0.6 } },
  ],
  bands: { amber: 40, green: 70 },
  improving: { points: 3, days: 3 },
  coverage: { green: 0.5, any: 0.25 },
  ageing: { keep: 2 / 3, neutral: 50, sourceDays: 28 },
  tiers: {
    high: { touches: 4, contacts: 6, requiredRoles: ['executive_sponsor', 'budget_holder', 'champion', 'power_user', 'influencer'] },
    mid: { touches: 2, contacts: 4, requiredRoles: ['executive_sponsor', 'champion', 'power_user'] },
    digital: { touches: 0, contacts: 2, requiredRoles: ['champion'] },
  },
  defaultTier: 'mid',
  caps: [
    { id: 'cancel_scheduled', limit: 20, settings: {} },
    { id: 'decision_maker_intent', limit: 35, settings: { atMost: 3, validityDays: 180 } },
    { id: 'unused', limit: 39, settings: { level: 0.5, measure: 'license_utilisation' } },
    { id: 'urgent_ticket', limit: 60, settings: { days: 7 } },
    { id: 'goal_missed', limit: 65, settings: { below: 1, horizonDays: 365 } },
    { id: 'utilisation_red', limit: 65, settings: { afterMonth: 6, measure: 'license_utilisation' } },
    { id: 'stakeholder_gone', limit: 65, settings: {} },
    { id: 'complaint_overdue', limit: 65, settings: { businessDays: 10 } },
    { id: 'invoice_overdue', limit: 65, settings: { days: 30 } },
  ],
  trend: { days: 28, fewestDays: 14, change: 5, significance: 2.1 },
};
