import type { Story } from './story.js';

const goal = (story: Story, from: number, due: number, status: string, more: object = {}) => story.tell(from, 'goal', { goalId: 'g', name: 'Save time', metric: 'hours', baseline: 0, target: 100, startsOn: story.day(from), dueOn: story.day(due), status, ...more });
const people = (count: number): string[] => Array.from({ length: count }, (_, i) => `u${i}`);

interface WorkedAccount {
  readonly name: string;
  /** Where it is not the usual one. */
  readonly tier?: string;
  /** Of meetings, mails and tickets nothing is said: there is no source of these yet. */
  readonly isFirst?: true;
  readonly tell: (story: Story) => Story;
  readonly health: object;
  /** Health score; null: none is stated. */
  readonly about: number | null;
  readonly renews: number;
}

/** Six accounts worked by hand, as a company would have recorded them. */
export const workedAccounts: readonly WorkedAccount[] = [
  {
    name: 'kiosk', tier: 'digital', about: 90, renews: 0.975, health: { band: 'green', riskLevel: 'green', scorecard: { id: 'digital' }, strikes: { count: 0 } },
    tell: (it) => it.contract(-730, -700, { autoRenew: true }).tell(-700, 'license', { seatsBought: 4 }).use(-200, -1, 5, { names: people(4), step: 2 })
      .tell(-40, 'invoice', { invoiceId: 'i', status: 'paid', amountMinor: 100, currency: 'USD', dueOn: it.day(-40) }),
  },
  {
    name: 'norfield', about: 89, renews: 0.98, health: { band: 'green', riskLevel: 'green', strikes: { count: 1, groups: ['support'], savePlanReview: false }, indicators: [{ kind: 'complaint_open' }] },
    tell(it) {
      it.contract(-400, 330).use(-120, -4, 30_000).use(-3, -3, 1, { names: people(2752) }).tell(-300, 'license', { seatsBought: 3200 });
      it.roles(-300, { sponsor: 'executive_sponsor', champion: 'champion', power: 'power_user' });
      for (let i = 0; i < 34; i += 1) it.tell(-5 - i / 10, 'ticket', { ticketId: `t${i}`, status: 'opened', priority: 'normal', ...(i === 0 ? { complaint: true } : {}) });
      it.tell(-10, 'survey', { type: 'nps', score: 3 }, 'u7').tell(-12, 'survey', { type: 'nps', score: 9 }, 'sponsor');
      goal(it, -200, -20, 'set').tell(-20, 'metric', { metric: 'hours', value: 125 });
      it.tell(-60, 'milestone', { milestoneId: 'm', name: 'Rollout', phase: 'value', status: 'achieved', dueOn: it.day(-50) });
      return it.meeting(-8, 'sponsor', 'champion', 'u1').meeting(-9, 'power', 'champion');
    },
  },
  {
    name: 'newly', about: null, renews: 0.9, health: { band: 'green', riskLevel: 'green', scorecard: { id: 'onboarding' }, strikes: { count: 0 }, indicators: [] },
    tell: (it) => it.contract(-12, 353).tell(-12, 'license', { seatsBought: 200 }).roles(-12, { s: 'executive_sponsor' }).use(-6, -1, 2, { names: people(6) })
      .tell(-12, 'milestone', { milestoneId: 'k', name: 'Kickoff', phase: 'onboarding', status: 'planned', dueOn: it.day(-5) })
      .tell(-7, 'milestone', { milestoneId: 'k', name: 'Kickoff', phase: 'onboarding', status: 'achieved', dueOn: it.day(-5) }).meeting(-7, 's'),
  },
  {
    name: 'watermelon', about: 39, renews: 0.5, health: { healthScore: 39, band: 'red', riskLevel: 'red', strikes: { count: 1, groups: ['use'] }, indicators: [{ kind: 'usage_drop' }] },
    tell: (it) => goal(it.roles(-400, { s: 'executive_sponsor', c: 'champion', p: 'power_user', b: 'budget_holder' }).meeting(-3, 's', 'c', 'p', 'b').meeting(-10, 'c').contract(-500, 230).use(-300, -121, 100).use(-120, -1, 11).tell(-500, 'license', { seatsBought: 100, seatsAssigned: 12 })
      .tell(-60, 'survey', { type: 'nps', score: 9 }, 'c').tell(-10, 'pulse', { pulse: 4, reason: 'all fine' }), -400, 100, 'set'),
  },
  {
    // Four quiet weeks each July, the last of which ended yesterday.
    name: 'taxpeak', isFirst: true, about: 90, renews: 0.98, health: { band: 'green', riskLevel: 'green', strikes: { count: 0 } },
    tell: (it) => goal(goal(it.contract(-730, 200).use(-448, -393, 100).use(-392, -365, 22).use(-364, -29, 100).use(-28, -1, 22).tell(-700, 'license', { seatsBought: 50, seatsAssigned: 45 }), -300, -30, 'set'), -30, -30, 'confirmed')
      .tell(-5, 'pulse', { pulse: 5, reason: 'steady' }),
  },
  {
    name: 'on-prem', about: 20, renews: 0.05, health: { healthScore: 20, band: 'red', riskLevel: 'red', strikes: { count: 2, groups: ['people', 'commercial'] } },
    tell: (it) => goal(it.contract(-500, 230), -200, -40, 'confirmed').roles(-400, { c: 'champion' }).tell(-20, 'person', { change: 'departed' }, 'c')
      .tell(-60, 'invoice', { invoiceId: 'i', status: 'overdue', amountMinor: 100, currency: 'USD', dueOn: it.day(-40) })
      .tell(-2, 'contract', { contractId: 'on-prem-c', status: 'cancel_scheduled', startsOn: it.day(-500), endsOn: it.day(230), arrMinor: 1_000_000, currency: 'USD' }),
  },
];
