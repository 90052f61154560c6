import type { SignalInput } from '@perennial/contracts/signal';
import type { ItemFault } from '../item-fault.js';
import type { Item } from '../vendors/vendor.js';
import { about, bodyText, given, id, instant, invalidJson, isItem, list, lower, named, notAnObject, number, object, parsed, signal, subjectOf, text, words, type Subject } from './fields.js';
import type { HookEvent, HookSource } from './hook-source.js';
import { bodyHmac } from './schemes.js';

const priorities: Readonly<Record<string, 'low' | 'normal' | 'high' | 'urgent'>> = {
  blocker: 'urgent', critical: 'urgent', highest: 'urgent', high: 'high', major: 'high', medium: 'normal', low: 'low', minor: 'low', lowest: 'low', trivial: 'low',
};

/** Requests of Jira Service Management, by Jira's own webhooks. */
export const jiraServiceManagement: HookSource = {
  name: 'jira-service-management',
  title: 'Jira Service Management',
  secretFrom: 'us',
  settings: [],
  checks: () => ({ secret: bodyHmac({ header: 'X-Hub-Signature', prefix: 'sha256=', hash: 'sha256', encoding: 'hex' }) }),
  eventsOf(request) {
    const json = parsed(bodyText(request));
    if (json === null) return invalidJson;
    const { value } = json;
    return isItem(value) ? [{ id: request.headers['x-atlassian-webhook-identifier'] ?? null, type: text(value['webhookEvent']) ?? '', body: value }] : notAnObject;
  },
  signalsOf(event, settings) {
    const change = changeOf(event);
    if (change === null) return [];
    const { reporter, ...fields } = object(object(event.body['issue'])['fields']);
    // Organizations are small numbers that another system may count alike.
    const own = settings.accountPrefix === undefined && settings.accountAt === undefined ? { ...settings, accountPrefix: 'jira:' } : settings;
    return about(subjectOf(event, own, { account: organizationIn(fields), person: object(reporter)['emailAddress'] }), (subject) => issueSignals(event, change, subject));
  },
  page: {
    events: [
      ['jira:issue_created', 'ticket opened'],
      ['jira:issue_updated', 'ticket solved (a status of the category Done), reopened (its resolution was taken back) or updated'],
      ['comment_created by a customer', 'inbound mail on the ticket'],
    ],
    account: 'the first organization of the request, as `jira:<id>`, else the account of the reporter\'s mail address',
    setUp: [
      'In Jira settings, System, WebHooks: URL `{url}`, the events above, and a JQL filter for your service projects.',
      'Enter the secret that was answered when you made the source.',
      'Make `jira:<id of the organization>` an alias of each account, or point `accountAt` at a field of your own, such as `/issue/fields/customfield_10050`.',
    ],
    checkedAgainst: 'Atlassian\'s page on webhooks; the same header as GitHub\'s, so Octokit\'s library signs the test vectors. From memory: the link that organizations are known by, `accountType` of a comment\'s author',
    thin: 'Priorities count by Jira\'s own names (Highest, Blocker and Critical are urgent); others, and none, count as normal. Reporters show a mail address only where their profile does.',
  },
};

type Change = 'opened' | 'updated' | 'solved' | 'reopened' | 'reply';

function changeOf({ type, body }: HookEvent): Change | null {
  if (type === 'jira:issue_created') return 'opened';
  if (type === 'comment_created') return object(object(body['comment'])['author'])['accountType'] === 'customer' ? 'reply' : null;
  if (type !== 'jira:issue_updated') return null;
  const items = list(object(body['changelog'])['items']).map(object);
  const changed = (field: string): Item | undefined => items.find((item) => item['field'] === field || item['fieldId'] === field);
  const done = object(object(object(object(body['issue'])['fields'])['status'])['statusCategory'])['key'] === 'done';
  if (changed('status') && done) return 'solved';
  const resolution = changed('resolution');
  if (resolution && text(resolution['from']) !== null && text(resolution['to']) === null) return 'reopened';
  return changed('status') || changed('priority') || changed('summary') || items.length === 0 ? 'updated' : null;
}

/** Organizations stand in a custom field whose number differs by site; they are known by their link. */
function organizationIn(fields: Item): string | null {
  for (const value of Object.values(fields)) {
    const [first] = list(value);
    if (text(object(object(first)['_links'])['self'])?.includes('/servicedeskapi/organization/')) return id(object(first)['id']);
  }
  return null;
}

function issueSignals({ body }: HookEvent, change: Change, subject: Subject): readonly SignalInput[] | ItemFault {
  const issue = object(body['issue']);
  const fields = object(issue['fields']);
  const ticketId = text(issue['key']) ?? id(issue['id']);
  if (ticketId === null) return { code: 'missing_field', pointer: '/issue/key', detail: 'is required: the event names its issue' };
  const occurredAt = instant(number(body['timestamp']));
  if (change === 'reply') return [signal('engagement', subject, occurredAt, { type: 'mail', direction: 'inbound', ticketId })];
  const priority = named(priorities, lower(object(fields['priority'])['name'])) ?? 'normal';
  return [signal('ticket', subject, occurredAt, { ticketId, status: change, priority, ...given({ subject: words(fields['summary'], 500), complaint: list(fields['labels']).includes('complaint') || null }) })];
}
