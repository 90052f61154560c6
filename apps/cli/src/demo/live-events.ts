import type { SignalInput } from '@perennial/contracts/signal';
import { Analytics } from '@segment/analytics-node';
import { personId, type AccountProfile } from './account-profile.js';
import { StoryBroke } from './story-broke.js';

/** What the product itself tells this morning; the number of `track` calls is what the timeline must show. */
export const liveUse = { export: 'Export Failed', tries: 4 } as const;

const places = { sponsor: 0, champion: 1, powerUser: 2 } as const;

/** The product's own telemetry, by Segment's own SDK: only its host was changed. */
export async function sendProductEvents(account: AccountProfile, host: string, writeKey: string): Promise<void> {
  const analytics = new Analytics({ writeKey, host, flushAt: 20, flushInterval: 100, maxRetries: 3 });
  const failures: string[] = [];
  analytics.on('error', ({ reason }) => failures.push(reason instanceof Error ? reason.message : String(reason)));
  const newcomer = `${account.id}-newcomer`;
  // Nobody has heard of this user: the group call says whose she is.
  analytics.identify({ userId: newcomer, traits: { name: 'Noor Haddad', email: `noor.haddad@${account.id}.example`, title: 'Accountant' } });
  analytics.group({ userId: newcomer, groupId: account.id, traits: { plan: 'Business', employees: 1200 } });
  for (let i = 0; i < liveUse.tries; i += 1) {
    analytics.track({ userId: i % 2 === 0 ? newcomer : personId(account, places.powerUser), event: liveUse.export, properties: { format: 'ledger', rows: 48_210 }, context: { groupId: account.id } });
  }
  await analytics.closeAndFlush({ timeout: 10_000 });
  if (failures.length > 0) throw new StoryBroke('product events by the Segment SDK', failures.join('; '));
}

/** Two urgent tickets, one of them a complaint. */
export function tickets(account: AccountProfile): SignalInput[] {
  const from = { accountId: account.id, source: 'helpdesk' };
  return [
    { ...from, kind: 'ticket', personId: personId(account, places.powerUser), data: { ticketId: 'BRI-4711', status: 'opened', priority: 'urgent', subject: 'Ledger export fails, month end is tomorrow' } },
    { ...from, kind: 'ticket', personId: personId(account, places.champion), data: { ticketId: 'BRI-4712', status: 'opened', priority: 'urgent', complaint: true, subject: 'Third month in a row that the export breaks' } },
  ];
}

/** What the sponsor answers, in one person's order: the no to the renewal first. */
export function surveys(account: AccountProfile): SignalInput[] {
  const from = { accountId: account.id, personId: personId(account, places.sponsor), source: 'surveys', kind: 'survey' } as const;
  return [
    { ...from, data: { type: 'renewal_intent', score: 2, comment: 'Looking at alternatives' } },
    { ...from, data: { type: 'nps', score: 3, comment: 'We cannot close the books like this' } },
  ];
}

/** The champion leaves the company: a cause of a third kind. */
export function departure(account: AccountProfile): SignalInput[] {
  return [{ accountId: account.id, source: 'crm', kind: 'person', personId: personId(account, places.champion), data: { change: 'departed' } }];
}
