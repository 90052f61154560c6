import { dayAfter, daysAfter } from './system.js';

type Json = Record<string, unknown>;

/** A customer as a company would have recorded it: 12 weeks of use, roles, goals, licence, touches, contract. */
export interface PreparedAccount {
  readonly accountId: string;
  readonly sponsor: string;
  readonly champion: string;
  readonly users: readonly string[];
  readonly signals: Json[];
}

export const eventsPerDay = 20;

/**
 * Everything is dated before `now`; it has been a customer for 200 days. Use: 20 events a weekday by 10 people, so 400 in 28 days. Hygiene is met:
 * goals with KPI, roles filled and touched, the executive sponsor met lately.
 */
export function prepareAccount(accountId: string, now: Date, contract: { endsOn: string; noticeDays?: number; arrMinor?: number } | null = null): PreparedAccount {
  const person = (name: string) => `${accountId}-${name}`;
  const users = Array.from({ length: 10 }, (_, i) => person(`user-${i}`));
  const [sponsor, budget, champion, influencer] = [person('sponsor'), person('budget'), person('champion'), person('influencer')];
  const signals: Json[] = [];
  const say = (kind: string, daysAgo: number, data: Json, personId?: string) =>
    signals.push({ id: `${accountId}-${signals.length}`, kind, accountId, ...(personId ? { personId } : {}), occurredAt: daysAfter(now, -daysAgo), data });

  for (const [personId, roles] of [[sponsor, ['executive_sponsor']], [budget, ['budget_holder']], [champion, ['champion']], [influencer, ['influencer']], [users[0]!, ['power_user']]] as const) {
    say('person', 200, { change: 'created', name: personId, title: 'Head', company: 'Customer', roles: [...roles] }, personId);
  }
  if (contract) {
    say('contract', 84, { contractId: `${accountId}-c1`, status: 'created', startsOn: dayAfter(now, -200), endsOn: contract.endsOn, arrMinor: contract.arrMinor ?? 12_000_000, currency: 'USD', noticeDays: contract.noticeDays ?? 0, autoRenew: false, seats: 10 });
  }
  say('license', 83, { seatsBought: 10, seatsAssigned: 9 });
  say('goal', 80, { goalId: `${accountId}-g1`, name: 'Faster onboarding', metric: 'onboarding_days', baseline: 20, target: 10, startsOn: dayAfter(now, -80), dueOn: dayAfter(now, -5), status: 'set' });
  say('metric', 6, { metric: 'onboarding_days', value: 9 });
  say('milestone', 80, { milestoneId: `${accountId}-m1`, name: 'Go live', phase: 'onboarding', status: 'planned', dueOn: dayAfter(now, -40) });
  say('milestone', 45, { milestoneId: `${accountId}-m1`, name: 'Go live', phase: 'onboarding', status: 'achieved', dueOn: dayAfter(now, -40) });
  say('pulse', 10, { pulse: 4, reason: 'good talks' });
  say('survey', 20, { type: 'nps', score: 9 }, sponsor);
  say('survey', 20, { type: 'nps', score: 9 }, champion);
  for (const daysAgo of [27, 20, 13, 6]) {
    say('engagement', daysAgo, { type: 'meeting', outcome: 'held', attendees: [sponsor, budget, champion, influencer, users[0], users[1]].map((personId) => ({ personId })) });
  }
  for (let daysAgo = 84; daysAgo >= 1; daysAgo--) signals.push(...usageOfDay(accountId, users, new Date(daysAfter(now, -daysAgo)), 1));
  return { accountId, sponsor, champion, users, signals };
}

/** One day's use, `share` of the usual; nothing on weekends. */
export function usageOfDay(accountId: string, users: readonly string[], at: Date, share: number): Json[] {
  const weekday = at.getUTCDay();
  if (weekday === 0 || weekday === 6) return [];
  const day = at.toISOString().slice(0, 10);
  return Array.from({ length: Math.round(eventsPerDay * share) }, (_, i) => ({
    id: `${accountId}-use-${day}-${i}`, kind: 'usage', accountId, personId: users[i % users.length], occurredAt: at.toISOString(), data: { event: 'report_opened' },
  }));
}
