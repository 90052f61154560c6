import type { AccountProfile } from './account-profile.js';

/** The customer that the story is about: doing well, until this morning. */
export const storyAccount: AccountProfile = {
  id: 'brightwater',
  record: { name: 'Brightwater Foods', ownerId: 'maria.santos', tier: 'mid', segment: 'Enterprise', region: 'Americas', country: 'US', timeZone: 'America/Chicago' },
  contract: { arr: [150_000, 184_000], termMonths: 12, endsInMonths: 4, noticeDays: 60, autoRenew: false },
  seats: { bought: 240, assigned: 205 },
  people: [
    { name: 'Ellen Park', title: 'Chief Financial Officer', roles: ['executive_sponsor', 'budget_holder'], usesIt: false },
    { name: 'Priya Nair', title: 'Head of Accounting', roles: ['champion'], usesIt: true },
    { name: 'Sam Ortega', title: 'Senior Accountant', roles: ['power_user'], usesIt: true },
    { name: 'Lena Fox', title: 'Accountant', roles: ['user'], usesIt: true },
    { name: 'Victor Hale', title: 'Accountant', roles: ['user'], usesIt: true },
    { name: 'Ruth Adeyemi', title: 'Controller', roles: ['influencer'], usesIt: true },
  ],
  usage: { events: ['Report Opened', 'Entry Posted', 'Export Finished', 'Close Checklist Ticked'], perWorkday: 9 },
  touches: { everyDays: 12, lastDaysAgo: 5, reviewsDaysAgo: [34] },
  goals: [
    { name: 'Close the books in 4 days', metric: 'days_to_close', baseline: 9, target: 4, startedDaysAgo: 210, dueDaysAgo: 30, reached: { value: 4, daysAgo: 33 } },
    { name: '150 suppliers on the portal', metric: 'suppliers_on_portal', baseline: 20, target: 150, startedDaysAgo: 200, dueDaysAgo: -90, reached: { value: 118, daysAgo: 3 } },
  ],
  milestones: [
    { name: 'All subsidiaries on the portal', phase: 'adoption', dueDaysAgo: 80, achievedDaysAgo: 84 },
    { name: 'First quarter closed without spreadsheets', phase: 'value', dueDaysAgo: 45, achievedDaysAgo: 47 },
  ],
  surveys: [
    { by: 1, type: 'nps', score: 9, daysAgo: 58 },
    { by: 0, type: 'nps', score: 8, daysAgo: 57 },
    { by: 0, type: 'renewal_intent', score: 8, daysAgo: 57 },
  ],
  tickets: [
    { subject: 'Add a cost centre to a report', priority: 'low', openedDaysAgo: 40, solvedDaysAgo: 38 },
    { subject: 'Slow first load on Mondays', priority: 'normal', openedDaysAgo: 9 },
  ],
  pulse: { pulse: 4, reason: 'Steady use and a friendly sponsor', daysAgo: 12 },
  invoices: [{ dueDaysAgo: 60, amount: 46_000, paid: true }],
  peopleNews: [],
};
