import type { RiskChange } from '@perennial/contracts/health';

/** Cause group of each risk indicator. */
const groupOfIndicator: Readonly<Record<string, string>> = {
  usage_drop: 'use', key_feature_drop: 'use', power_user_decline: 'use', gone_dark: 'use',
  sponsor_change: 'people', champion_left: 'people',
  ticket_surge: 'support', urgent_ticket_open: 'support', complaint_open: 'support',
  negative_survey: 'voice', no_renewal_intent: 'voice', csm_concern: 'voice',
  milestone_missed: 'delivery', onboarding_delayed: 'delivery', goal_behind: 'delivery',
  payment_overdue: 'commercial', contraction: 'commercial', cancel_scheduled: 'commercial',
};

/** The group a low measure speaks for when no indicator was raised. */
const groupOfMeasure: Readonly<Record<string, string>> = {
  license_utilisation: 'use', usage_level: 'use', key_features: 'use', activation: 'use',
  executive_touch: 'people', multithreading: 'people', touches: 'people',
  ticket_load: 'support', ticket_trend: 'support',
  survey: 'voice', renewal_intent: 'voice', csm_sentiment: 'voice',
  goal_attainment: 'delivery', milestones_on_time: 'delivery', goals_recorded: 'delivery',
  payment: 'commercial',
};

/**
 * The cause group a risk change names first: its reasons stand in order of weight. Reasons of a group
 * unknown here are passed over; then the first strike group; null when nothing names one.
 */
export function leadingCause(change: Pick<RiskChange, 'reasons' | 'strikes'>): string | null {
  for (const { indicator, measure } of change.reasons) {
    const group = (indicator !== undefined ? lookUp(groupOfIndicator, indicator) : undefined) ?? (measure !== undefined ? lookUp(groupOfMeasure, measure) : undefined);
    if (group !== undefined) return group;
  }
  return change.strikes.groups[0] ?? null;
}

function lookUp(table: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
