import type { AccountProfile } from './account-profile.js';

/** Nothing to report: what most customers of the book have in common. */
export const quiet = { goals: [], milestones: [], surveys: [], tickets: [], invoices: [], peopleNews: [] } as const satisfies Partial<AccountProfile>;

export const americas = { region: 'Americas', country: 'US', timeZone: 'America/New_York' } as const;
export const britain = { region: 'EMEA', country: 'GB', timeZone: 'Europe/London' } as const;
export const germany = { region: 'EMEA', country: 'DE', timeZone: 'Europe/Berlin' } as const;
