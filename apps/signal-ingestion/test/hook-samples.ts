import type { SignalInput } from '@perennial/contracts/signal';
import type { HookSettings } from '../src/domain/hooks/hook-settings.js';
import { zendeskTicket } from './hook-calls.js';

/** An event as its sender sends it, and what it must become: signals without their ids, or the code of a fault. */
export interface Sample {
  readonly source: string;
  readonly what: string;
  readonly payload: unknown;
  readonly headers?: Record<string, string>;
  readonly settings?: HookSettings;
  readonly becomes: readonly Omit<SignalInput, 'id'>[] | string;
}

const at = 1_772_441_940;
const iso = '2026-03-02T08:59:00.000Z';

const intercom = (topic: string, item: object = {}) => ({
  type: 'notification_event', app_id: 'a86dr8yl', id: 'notif_1', topic, delivery_attempts: 1, created_at: at,
  data: { type: 'notification_event_data', item: { type: 'conversation', id: '215468', priority: 'priority', source: { type: 'email', subject: 'Login fails', author: { type: 'user', id: '53', email: 'Anna@Acme.example' } }, contacts: { type: 'contact.list', contacts: [{ type: 'contact', id: '53', external_id: 'anna' }] }, ...item } },
});
const issue = (fields: object = {}) => ({ id: '10002', key: 'SUP-12', fields: { summary: 'No access', priority: { name: 'Highest', id: '1' }, status: { name: 'Open', statusCategory: { key: 'new' } }, reporter: { accountId: '5b10', emailAddress: 'anna@acme.example' }, customfield_10002: [{ id: '7', name: 'Acme', _links: { self: 'https://acme.atlassian.net/rest/servicedeskapi/organization/7' } }], labels: [], ...fields } });
const jira = (webhookEvent: string, more: object = {}) => ({ timestamp: at * 1000, webhookEvent, issue: issue(), ...more });
const jiraTicket = (data: object) => [{ kind: 'ticket', accountId: 'jira:7', personId: 'email:anna@acme.example', occurredAt: iso, data: { ticketId: 'SUP-12', priority: 'urgent', subject: 'No access', ...data } }] as unknown as Sample['becomes'];
const hubspot = (propertyName: string, propertyValue: string) => [{ eventId: 100, subscriptionId: 138, portalId: 62515, occurredAt: at * 1000, subscriptionType: 'contact.propertyChange', attemptNumber: 0, objectId: 123, changeSource: 'CRM', propertyName, propertyValue }];
const subscription = (more: object = {}) => ({
  id: 'sub_1', object: 'subscription', customer: 'cus_1', status: 'active', currency: 'usd', cancel_at_period_end: false, cancel_at: null, cancellation_details: { comment: null, feedback: null, reason: null },
  items: { data: [{ id: 'si_1', quantity: 10, current_period_start: 1_772_323_200, current_period_end: 1_803_859_200, price: { unit_amount: 12_000, currency: 'usd', recurring: { interval: 'year', interval_count: 1, usage_type: 'licensed' } } }] }, ...more,
});
const stripe = (type: string, object: object, previous: object = {}) => ({ id: 'evt_1', object: 'event', type, created: at, data: { object, previous_attributes: previous } });
const stripeContract = (data: object) => ({ kind: 'contract' as const, accountId: 'cus_1', occurredAt: iso, data: { contractId: 'sub_1', startsOn: '2026-03-01', endsOn: '2027-02-28', arrMinor: 120_000, currency: 'USD', seats: 10, autoRenew: true, ...data } }) as unknown as Omit<SignalInput, 'id'>;
const chargebee = (event_type: string, content: object) => ({ id: 'ev_1', occurred_at: at, event_type, api_version: 'v2', webhook_status: 'not_configured', content });
const cbSubscription = { id: 'sub_c', customer_id: 'acme', status: 'active', currency_code: 'USD', billing_period: 3, billing_period_unit: 'month', current_term_start: 1_772_323_200, current_term_end: 1_780_272_000, resource_version: at * 1000 + 123, subscription_items: [{ item_price_id: 'plan-USD', item_type: 'plan', quantity: 5, unit_price: 1000, amount: 5000 }, { item_price_id: 'addon-USD', item_type: 'addon', quantity: 1, amount: 700 }, { item_price_id: 'setup', item_type: 'charge', amount: 99_900 }] };
const cbContract = (data: object) => [{ kind: 'contract', accountId: 'acme', occurredAt: '2026-03-02T08:59:00.123Z', data: { contractId: 'sub_c', startsOn: '2026-03-01', endsOn: '2026-05-31', arrMinor: 22_800, currency: 'USD', seats: 5, autoRenew: true, ...data } }] as unknown as Sample['becomes'];
const lagoSubscription = { lago_id: 'b7ab2926', external_id: 'sub-ext', external_customer_id: 'acme', status: 'active', started_at: '2026-03-01T00:00:00Z', ending_at: null, terminated_at: null, plan: { amount_cents: 10_000, amount_currency: 'USD', interval: 'monthly' } };
const delighted = (data: object) => ({ event_type: 'survey_response.updated', event_id: 'b8d057', event_data: { id: '5435', person: { id: '5975', email: 'Charlie@Acme.example', name: 'Charlie' }, survey_type: 'nps', score: 9, comment: 'Fast and flawless', created_at: at - 600, updated_at: at, person_properties: { account_id: 'acme' }, ...data } });
const typeform = (answers: object[], hidden: object = { account_id: 'acme', user_id: 'anna' }) => ({ event_id: '01DQ', event_type: 'form_response', form_response: { form_id: 'DHsCKv', token: 'qcy0', submitted_at: iso, hidden, definition: { fields: [] }, answers } });
const scale = (ref: string, value: number, type = 'opinion_scale') => ({ type: 'number', number: value, field: { id: `id-${ref}`, type, ref } });
const calendly = (event: string, payload: object = {}) => ({ event, created_at: iso, payload: { uri: 'https://api.calendly.com/scheduled_events/AAA/invitees/BBB', email: 'anna@acme.example', rescheduled: false, scheduled_event: { uri: 'https://api.calendly.com/scheduled_events/AAA', name: 'Acme QBR', start_time: '2026-03-09T10:00:00Z' }, ...payload } });
const gongCall = { metaData: { id: '5599', started: iso, direction: 'Conference', scope: 'External' }, context: [{ system: 'Salesforce', objects: [{ objectType: 'Opportunity', objectId: '006' }, { objectType: 'Account', objectId: '0011Q' }] }], parties: [{ affiliation: 'Internal', emailAddress: 'csm@us.example' }, { affiliation: 'External', emailAddress: 'Anna@Acme.example' }, { affiliation: 'External' }] };
const opportunity = { attributes: { type: 'Opportunity' }, Id: '006xx', AccountId: '001xx', Type: 'Existing Business - Renewal', StageName: 'Negotiation', Amount: 1234.5, CloseDate: '2026-06-30', ForecastCategoryName: 'Commit', LastModifiedDate: iso };

export const outboundMessage = (records: string) => `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <soapenv:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound">
  <OrganizationId>00D</OrganizationId><ActionId>04k</ActionId><SessionId xsi:nil="true"/>${records}
 </notifications></soapenv:Body>
</soapenv:Envelope>`;
const soapCase = (n: number, fields: string) => `<Notification><Id>04l${n}</Id><sObject xsi:type="sf:Case" xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>500${n}</sf:Id><sf:AccountId>001xx</sf:AccountId><sf:CaseNumber>0000${n}</sf:CaseNumber>${fields}</sObject></Notification>`;

export const samples: readonly Sample[] = [
  { source: 'zendesk', what: 'a new urgent ticket', payload: zendeskTicket({ organization: '56', ticket: '7', priority: 'URGENT' }), becomes: [{ kind: 'ticket', accountId: '56', occurredAt: iso, data: { ticketId: '7', status: 'opened', priority: 'urgent', subject: 'It burns' } }] },
  { source: 'zendesk', what: 'a solved ticket', payload: zendeskTicket({ organization: '56', ticket: '7', type: 'status_changed', event: { current: 'SOLVED', previous: 'OPEN' } }), becomes: [{ kind: 'ticket', accountId: '56', occurredAt: iso, data: { ticketId: '7', status: 'solved', priority: 'normal', subject: 'It burns' } }] },
  { source: 'zendesk', what: 'a reopened ticket, of an account with a prefix', settings: { accountPrefix: 'z:' }, payload: zendeskTicket({ organization: '56', ticket: '7', type: 'status_changed', event: { current: 'OPEN', previous: 'SOLVED' } }), becomes: [{ kind: 'ticket', accountId: 'z:56', occurredAt: iso, data: { ticketId: '7', status: 'reopened', priority: 'normal', subject: 'It burns' } }] },
  { source: 'zendesk', what: 'an end user’s comment', payload: zendeskTicket({ organization: '56', ticket: '7', type: 'comment_added', event: { comment: { id: '1', is_public: true, author: { id: '9', is_staff: false } } } }), becomes: [{ kind: 'engagement', accountId: '56', occurredAt: iso, data: { type: 'mail', direction: 'inbound', ticketId: '7' } }] },
  { source: 'zendesk', what: 'an agent’s comment', payload: zendeskTicket({ organization: '56', ticket: '7', type: 'comment_added', event: { comment: { id: '1', is_public: true, author: { id: '9', is_staff: true } } } }), becomes: [] },
  { source: 'zendesk', what: 'a ticket of nobody', payload: zendeskTicket({ organization: null, ticket: '7' }), becomes: 'identity_missing' },

  { source: 'intercom', what: 'a new conversation', payload: intercom('conversation.user.created'), becomes: [{ kind: 'ticket', personId: 'anna', occurredAt: iso, data: { ticketId: '215468', status: 'opened', priority: 'high', subject: 'Login fails' } }] },
  { source: 'intercom', what: 'a reply of one known by address', payload: intercom('conversation.user.replied', { contacts: {} }), becomes: [{ kind: 'engagement', personId: 'email:anna@acme.example', occurredAt: iso, data: { type: 'mail', direction: 'inbound', ticketId: '215468' } }] },
  { source: 'intercom', what: 'a rating', payload: intercom('conversation.rating.added', { conversation_rating: { rating: 2, remark: 'slow', created_at: at } }), becomes: [{ kind: 'survey', personId: 'anna', occurredAt: iso, data: { type: 'csat', score: 2, comment: 'slow', surveyId: 'intercom-conversation-rating' } }] },
  { source: 'intercom', what: 'a ping', payload: { type: 'notification_event', topic: 'ping', data: { item: {} } }, becomes: [] },

  { source: 'jira-service-management', what: 'a new request', headers: { 'x-atlassian-webhook-identifier': 'w-1' }, payload: jira('jira:issue_created'), becomes: jiraTicket({ status: 'opened' }) },
  { source: 'jira-service-management', what: 'a request that is done', payload: jira('jira:issue_updated', { issue: issue({ status: { statusCategory: { key: 'done' } } }), changelog: { items: [{ field: 'status', fromString: 'Open', toString: 'Done' }] } }), becomes: jiraTicket({ status: 'solved' }) },
  { source: 'jira-service-management', what: 'a request whose resolution was taken back', payload: jira('jira:issue_updated', { changelog: { items: [{ field: 'resolution', from: '10000', to: null }, { field: 'status' }] } }), becomes: jiraTicket({ status: 'reopened' }) },
  { source: 'jira-service-management', what: 'a changed assignee', payload: jira('jira:issue_updated', { changelog: { items: [{ field: 'assignee' }] } }), becomes: [] },
  { source: 'jira-service-management', what: 'a customer’s comment, of an account in a field of one’s own', settings: { accountAt: ['/issue/fields/customfield_10050'] }, payload: jira('comment_created', { issue: issue({ customfield_10050: 'acme' }), comment: { author: { accountType: 'customer' } } }), becomes: [{ kind: 'engagement', accountId: 'acme', personId: 'email:anna@acme.example', occurredAt: iso, data: { type: 'mail', direction: 'inbound', ticketId: 'SUP-12' } }] },

  { source: 'hubspot', what: 'a changed title', payload: hubspot('jobtitle', 'VP Operations'), becomes: [{ kind: 'person', personId: 'hubspot:123', occurredAt: iso, data: { change: 'updated', title: 'VP Operations' } }] },
  { source: 'hubspot', what: 'an emptied title', payload: hubspot('jobtitle', ''), becomes: [] },
  { source: 'hubspot', what: 'a deal', payload: [{ ...hubspot('dealstage', 'closedwon')[0], subscriptionType: 'deal.propertyChange' }], becomes: [] },

  { source: 'salesforce', what: 'a renewal from a Flow', settings: { currency: 'USD' }, payload: opportunity, becomes: [{ kind: 'opportunity', accountId: '001xx', occurredAt: iso, data: { opportunityId: '006xx', type: 'renewal', stage: 'Negotiation', amountMinor: 123_450, currency: 'USD', closeOn: '2026-06-30', forecastCategory: 'Commit' } }] },
  { source: 'salesforce', what: 'a renewal without a currency', payload: opportunity, becomes: 'currency_missing' },
  { source: 'salesforce', what: 'new business', payload: { ...opportunity, Type: 'New Customer' }, becomes: [] },
  { source: 'salesforce', what: 'a contact that bounced', payload: [{ attributes: { type: 'Contact' }, Id: '003xx', AccountId: '001xx', Email: 'Anna@Acme.example', FirstName: 'Anna', LastName: 'Lind', Title: 'CFO', IsEmailBounced: true, LastModifiedDate: iso }], becomes: [{ kind: 'person', accountId: '001xx', personId: 'email:anna@acme.example', occurredAt: iso, data: { change: 'bounced', email: 'Anna@Acme.example', name: 'Anna Lind', title: 'CFO' } }] },
  { source: 'salesforce', what: 'two cases by outbound message', payload: outboundMessage(soapCase(1, `<sf:Priority>High</sf:Priority><sf:Status>New</sf:Status><sf:Subject>A &amp; B</sf:Subject><sf:LastModifiedDate>${iso}</sf:LastModifiedDate>`) + soapCase(2, '<sf:IsClosed>true</sf:IsClosed>')), becomes: [{ kind: 'ticket', accountId: '001xx', occurredAt: iso, data: { ticketId: '00001', status: 'opened', priority: 'high', subject: 'A & B' } }, { kind: 'ticket', accountId: '001xx', data: { ticketId: '00002', status: 'solved', priority: 'normal' } }] },
  { source: 'salesforce', what: 'a record of no known object', payload: { Id: '006xx' }, becomes: 'missing_field' },

  { source: 'stripe', what: 'a new subscription', payload: stripe('customer.subscription.created', subscription()), becomes: [stripeContract({ status: 'created' })] },
  { source: 'stripe', what: 'a trial', payload: stripe('customer.subscription.created', subscription({ status: 'trialing' })), becomes: [] },
  { source: 'stripe', what: 'the end of a trial', payload: stripe('customer.subscription.updated', subscription(), { status: 'trialing' }), becomes: [stripeContract({ status: 'created' })] },
  { source: 'stripe', what: 'a scheduled cancellation', payload: stripe('customer.subscription.updated', subscription({ cancel_at_period_end: true, cancellation_details: { comment: 'too dear' } }), { cancel_at_period_end: false }), becomes: [stripeContract({ status: 'cancel_scheduled', autoRenew: false, reason: 'too dear' })] },
  { source: 'stripe', what: 'more seats and a cancellation taken back, at once', payload: stripe('customer.subscription.updated', subscription(), { cancel_at_period_end: true, quantity: 5 }), becomes: [stripeContract({ status: 'amended' }), stripeContract({ status: 'cancel_withdrawn' })] },
  { source: 'stripe', what: 'the next period', payload: stripe('customer.subscription.updated', subscription(), { items: { data: [{ current_period_start: 1, current_period_end: 2 }] } }), becomes: [stripeContract({ status: 'renewed' })] },
  { source: 'stripe', what: 'more seats within a period, told with the whole items as they were', payload: stripe('customer.subscription.updated', subscription(), { items: { data: subscription().items.data.map((item) => ({ ...item, quantity: 5 })) } }), becomes: [stripeContract({ status: 'amended' })] },
  { source: 'stripe', what: 'an ended subscription', payload: stripe('customer.subscription.deleted', subscription({ status: 'canceled', ended_at: at })), becomes: [stripeContract({ status: 'cancelled', effectiveOn: '2026-03-02' })] },
  { source: 'stripe', what: 'a price in tiers', payload: stripe('customer.subscription.created', subscription({ items: { data: [{ quantity: 1, current_period_start: 1, current_period_end: 90_000, price: { unit_amount: null, recurring: { interval: 'month' } } }] } })), becomes: 'amount_unknown' },
  { source: 'stripe', what: 'a paid invoice, of an account in the metadata', settings: { accountAt: ['/data/object/metadata/account', '/data/object/parent/subscription_details/metadata/account'] }, payload: stripe('invoice.paid', { id: 'in_1', customer: 'cus_1', amount_due: 500, amount_paid: 400, currency: 'usd', due_date: null, created: at, metadata: {}, parent: { subscription_details: { metadata: { account: 'acme' } } } }), becomes: [{ kind: 'invoice', accountId: 'acme', occurredAt: iso, data: { invoiceId: 'in_1', status: 'paid', amountMinor: 400, currency: 'USD', dueOn: '2026-03-02' } }] },

  { source: 'chargebee', what: 'a new subscription', payload: chargebee('subscription_created', { subscription: cbSubscription }), becomes: cbContract({ status: 'created' }) },
  { source: 'chargebee', what: 'a scheduled cancellation', payload: chargebee('subscription_cancellation_scheduled', { subscription: { ...cbSubscription, status: 'non_renewing', cancel_reason_code: 'No longer needed' } }), becomes: cbContract({ status: 'cancel_scheduled', autoRenew: false, reason: 'No longer needed' }) },
  { source: 'chargebee', what: 'a plan of the first catalog', payload: chargebee('subscription_renewed', { subscription: { ...cbSubscription, subscription_items: undefined, plan_quantity: 300, plan_unit_price: 3600, plan_amount: 1_080_000, billing_period: 1, billing_period_unit: 'year', current_term_end: 1_803_859_200 } }), becomes: cbContract({ status: 'renewed', endsOn: '2027-02-28', arrMinor: 1_080_000, seats: 300 }) },
  { source: 'chargebee', what: 'a failed payment', payload: chargebee('payment_failed', { invoice: { id: 'inv_1', customer_id: 'acme', status: 'payment_due', total: 5700, amount_paid: 0, amount_due: 5700, currency_code: 'USD', date: at, due_date: at }, transaction: {} }), becomes: [{ kind: 'invoice', accountId: 'acme', occurredAt: iso, data: { invoiceId: 'inv_1', status: 'failed', amountMinor: 5700, currency: 'USD', dueOn: '2026-03-02' } }] },
  { source: 'chargebee', what: 'a trial', payload: chargebee('subscription_created', { subscription: { ...cbSubscription, status: 'in_trial' } }), becomes: [] },

  { source: 'recurly', what: 'a cancelled subscription, of which only ids are told', payload: { id: 'ra8foq', object_type: 'subscription', site_id: 'qc32', event_type: 'canceled', event_time: iso, uuid: '63ab' }, becomes: 'details_not_included' },
  { source: 'recurly', what: 'a gift card', payload: { id: 'ra8foq', object_type: 'gift_card', event_type: 'created', event_time: iso, uuid: '63ab' }, becomes: [] },

  { source: 'lago', what: 'a started subscription', headers: { 'x-lago-unique-key': 'k-1' }, payload: { webhook_type: 'subscription.started', object_type: 'subscription', subscription: lagoSubscription }, becomes: [{ kind: 'contract', accountId: 'acme', occurredAt: '2026-03-01T00:00:00.000Z', data: { contractId: 'sub-ext', status: 'created', startsOn: '2026-03-01', endsOn: null, arrMinor: 120_000, currency: 'USD' } }] },
  { source: 'lago', what: 'a subscription without its plan', payload: { webhook_type: 'subscription.terminated', subscription: { ...lagoSubscription, plan: undefined } }, becomes: 'amount_unknown' },
  { source: 'lago', what: 'a failed payment', payload: { webhook_type: 'invoice.payment_status_updated', object_type: 'invoice', invoice: { lago_id: 'i-1', issuing_date: '2026-03-01', payment_due_date: '2026-03-10', payment_status: 'failed', currency: 'USD', total_amount_cents: 100, updated_at: iso, customer: { external_id: 'acme' } } }, becomes: [{ kind: 'invoice', accountId: 'acme', occurredAt: iso, data: { invoiceId: 'i-1', status: 'failed', amountMinor: 100, currency: 'USD', dueOn: '2026-03-10' } }] },

  { source: 'delighted', what: 'an NPS', payload: delighted({}), becomes: [{ kind: 'survey', personId: 'email:charlie@acme.example', occurredAt: iso, data: { type: 'nps', score: 9, comment: 'Fast and flawless', surveyId: 'delighted-nps' } }] },
  { source: 'delighted', what: 'a CSAT, of an account that was sent along', settings: { accountAt: ['/event_data/person_properties/account_id'] }, payload: delighted({ survey_type: 'csat', score: 2, comment: null }), becomes: [{ kind: 'survey', accountId: 'acme', personId: 'email:charlie@acme.example', occurredAt: iso, data: { type: 'csat', score: 2, surveyId: 'delighted-csat' } }] },
  { source: 'delighted', what: 'five stars', payload: delighted({ survey_type: 'five_star', score: 5 }), becomes: [] },

  { source: 'typeform', what: 'named questions and the one long text', settings: { questions: { 'how-likely': 'nps', 'id-content': 'csat' } }, payload: typeform([scale('how-likely', 3), scale('content', 2), scale('other', 5), { type: 'text', text: 'too slow', field: { type: 'long_text', ref: 'why' } }]), becomes: [{ kind: 'survey', accountId: 'acme', personId: 'anna', occurredAt: iso, data: { type: 'nps', score: 3, comment: 'too slow', surveyId: 'DHsCKv' } }, { kind: 'survey', accountId: 'acme', personId: 'anna', occurredAt: iso, data: { type: 'csat', score: 2, comment: 'too slow', surveyId: 'DHsCKv' } }] },
  { source: 'typeform', what: 'Typeform’s own NPS, of one who gives an address', payload: typeform([scale('x', 10, 'nps'), { type: 'email', email: 'anna@acme.example', field: { type: 'email' } }], {}), becomes: [{ kind: 'survey', personId: 'email:anna@acme.example', occurredAt: iso, data: { type: 'nps', score: 10, surveyId: 'DHsCKv' } }] },
  { source: 'typeform', what: 'a scale that nobody named', payload: typeform([scale('x', 10)]), becomes: 'score_missing' },

  { source: 'surveymonkey', what: 'a completed response, of which only ids are told', payload: { name: 'hook', event_type: 'response_completed', event_id: 'e-1', object_type: 'response', object_id: '98', event_datetime: iso, resources: { survey_id: '12', respondent_id: '44' } }, becomes: 'answers_not_included' },
  { source: 'qualtrics', what: 'a completed response, of which only ids are told', payload: new URLSearchParams({ Topic: 'brand.surveyengine.completedResponse.SV_1', HMAC: 'x', MSG: '{"Status":"Complete","SurveyID":"SV_1","ResponseID":"R_1","CompletedDate":"2026-03-02 08:59:00"}' }).toString(), becomes: 'answers_not_included' },

  { source: 'calendly', what: 'a booked QBR', payload: calendly('invitee.created'), becomes: [{ kind: 'engagement', personId: 'email:anna@acme.example', occurredAt: iso, data: { type: 'qbr', direction: 'inbound', threadId: 'https://api.calendly.com/scheduled_events/AAA' } }] },
  { source: 'calendly', what: 'a cancellation', payload: calendly('invitee.canceled', { cancellation: { canceler_type: 'invitee' } }), becomes: [{ kind: 'engagement', personId: 'email:anna@acme.example', occurredAt: iso, data: { type: 'qbr', outcome: 'declined', threadId: 'https://api.calendly.com/scheduled_events/AAA' } }] },
  { source: 'calendly', what: 'a rescheduled meeting', payload: calendly('invitee.canceled', { rescheduled: true }), becomes: [] },
  { source: 'calendly', what: 'a missed meeting', payload: calendly('invitee_no_show.created'), becomes: [{ kind: 'engagement', personId: 'email:anna@acme.example', occurredAt: iso, data: { type: 'qbr', outcome: 'no_show', threadId: 'https://api.calendly.com/scheduled_events/AAA' } }] },

  { source: 'gong', what: 'a conference', payload: { callData: gongCall, isTest: false }, becomes: [{ kind: 'engagement', accountId: '0011Q', personId: 'email:anna@acme.example', occurredAt: iso, data: { type: 'meeting', outcome: 'held', attendees: [{ personId: 'email:anna@acme.example' }] } }] },
  { source: 'gong', what: 'a test', payload: { callData: gongCall, isTest: true }, becomes: [] },

  { source: 'generic', what: 'SIGNALs as they are', payload: { signals: [{ kind: 'pulse', accountId: 'acme', data: { pulse: 2, reason: 'slow' } }] }, becomes: [{ kind: 'pulse', accountId: 'acme', data: { pulse: 2, reason: 'slow' } }] },
  { source: 'generic', what: 'what is no SIGNAL', payload: [1, 2], becomes: 'not_signals' },
];
