import type { SignalInput } from '@perennial/contracts/signal';
import type { ItemFault } from '../item-fault.js';
import type { Item } from '../vendors/vendor.js';
import { currencyOf } from './billing.js';
import { about, bodyText, day, given, id, instant, invalidJson, isItem, list, lower, named, number, object, parsed, signal, subjectOf, text, words, type Subject } from './fields.js';
import type { HookSettings } from './hook-settings.js';
import type { HookEvent, HookSource } from './hook-source.js';
import { sharedSecret } from './schemes.js';
import { notificationsOf } from './soap.js';

const acknowledged = '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse></soapenv:Body></soapenv:Envelope>';
const priorities: Readonly<Record<string, 'low' | 'normal' | 'high' | 'urgent'>> = { low: 'low', medium: 'normal', high: 'high', critical: 'urgent', urgent: 'urgent' };
const yes = (value: unknown): boolean => value === true || value === 'true';

/** Records of Salesforce: an Outbound Message (SOAP), or records as JSON from a Flow's HTTP callout. */
export const salesforce: HookSource = {
  name: 'salesforce',
  title: 'Salesforce',
  secretFrom: 'us',
  settings: ['currency'],
  checks: () => ({ secret: sharedSecret() }),
  eventsOf(request) {
    const body = bodyText(request);
    if (isSoap(body)) {
      const notifications = notificationsOf(body);
      return notifications === null ? { code: 'invalid_xml', pointer: '', detail: 'the body is no outbound message of Salesforce' } : notifications.map(({ id: eventId, record }) => eventOf(record, eventId));
    }
    const json = parsed(body);
    if (json === null) return invalidJson;
    const { value } = json;
    const records = Array.isArray(value) ? (value as unknown[]) : isItem(value) && Array.isArray(value['records']) ? (value['records'] as unknown[]) : [value];
    return records.every(isItem) ? records.map((record) => eventOf(record, null)) : { code: 'invalid_field', pointer: '', detail: 'the body must be a record, or an array of records' };
  },
  signalsOf(event, settings) {
    const record = event.body;
    switch (event.type) {
      case 'Opportunity': {
        const type = opportunityType(record['Type']);
        return type === null ? [] : about(subjectOf(event, settings, { account: record['AccountId'] }), (subject) => opportunitySignal(record, type, settings, subject));
      }
      case 'Contact':
        return about(subjectOf(event, settings, { account: record['AccountId'], person: personOf(record) }), (subject) => [contactSignal(record, subject)]);
      case 'Case':
        return about(subjectOf(event, settings, { account: record['AccountId'], person: text(record['ContactEmail']) ?? text(record['SuppliedEmail']) }), (subject) => caseSignal(record, subject));
      default:
        return text(event.type) === null ? { code: 'missing_field', pointer: '/attributes/type', detail: 'is required: say which object the record is, as {"attributes": {"type": "Opportunity"}}' } : [];
    }
  },
  acknowledge: ({ body }) => (isSoap(new TextDecoder().decode(body.subarray(0, 100))) ? { type: 'text/xml; charset=utf-8', body: acknowledged } : null),
  page: {
    events: [
      ['Opportunity whose Type names a renewal, an upsell (upgrade, expansion) or a cross-sell', 'opportunity'],
      ['Contact', 'person updated, or bounced (`IsEmailBounced`)'],
      ['Case', 'ticket opened (Status New), escalated (`IsEscalated`), solved (`IsClosed` or Status Closed) or updated'],
    ],
    account: '`/AccountId`',
    setUp: [
      'Outbound Message: in Setup, Outbound Messages, make one for the object with the endpoint URL `{url}?secret=<secret>` (the secret that was answered when you made the source), and choose the fields named below and `LastModifiedDate`; let a flow send it.',
      'Flow: an HTTP callout that posts the record as JSON with `attributes.type`, with a named credential that sends `Authorization: Bearer <secret>`.',
      'Opportunity: `Id, AccountId, Type, StageName, Amount, CloseDate, ForecastCategoryName, CurrencyIsoCode`; Contact: `Id, AccountId, Email, Name, Title, IsEmailBounced`; Case: `CaseNumber, AccountId, Status, Priority, Subject, IsClosed, IsEscalated, ContactEmail`.',
      'Where the organization has one currency only, name it in `settings.currency`. Make each account\'s id an alias of its account.',
    ],
    checkedAgainst: 'Salesforce\'s page on the WSDL of outbound messages and a recorded message; it signs nothing, so the secret itself is compared. From memory: the names of fields and of picklist values',
    thin: 'What comes is what you choose. A record without `LastModifiedDate` counts as of its receipt, and the same content sent twice counts once. Ids in an outbound message have 18 characters: use those in aliases. New business is no opportunity of an account that is a customer, and is ignored.',
  },
};

const isSoap = (body: string): boolean => body.trimStart().startsWith('<');

function eventOf(record: Item, eventId: string | null): HookEvent {
  const changed = text(record['LastModifiedDate']) ?? text(record['SystemModstamp']);
  const recordId = id(record['Id']);
  return { id: eventId ?? (changed === null || recordId === null ? null : `${recordId}/${changed}`), type: text(object(record['attributes'])['type']) ?? '', body: record };
}

const changedAt = (record: Item): string | null => instant(record['LastModifiedDate']) ?? instant(record['SystemModstamp']);

function opportunityType(type: unknown): 'renewal' | 'upsell' | 'cross_sell' | null {
  const name = lower(type);
  if (name.includes('renewal')) return 'renewal';
  if (/cross.?sell/.test(name)) return 'cross_sell';
  return /upsell|up-sell|upgrade|expansion/.test(name) ? 'upsell' : null;
}

function opportunitySignal(record: Item, type: 'renewal' | 'upsell' | 'cross_sell', settings: HookSettings, subject: Subject): readonly SignalInput[] | ItemFault {
  const currency = currencyOf(record['CurrencyIsoCode']) ?? settings.currency ?? null;
  if (currency === null) return { code: 'currency_missing', pointer: '/CurrencyIsoCode', detail: 'is required: send it, or name the organization\'s currency in settings.currency' };
  const [opportunityId, stage, amount, closeOn] = [id(record['Id']), words(record['StageName'], 200), number(record['Amount']), day(record['CloseDate'])];
  if (opportunityId === null || stage === null || amount === null || closeOn === null) return { code: 'missing_field', pointer: '', detail: 'lacks Id, StageName, Amount or CloseDate: choose them for the message' };
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return [signal('opportunity', subject, changedAt(record), { opportunityId, type, stage, amountMinor: Math.round(amount * 10 ** digits), currency, closeOn, ...given({ forecastCategory: words(record['ForecastCategoryName'], 100) }) })];
}

/** The address, under which other systems know the person too; else the record's id. */
function personOf(record: Item): string | null {
  const contactId = id(record['Id']);
  return text(record['Email']) ?? (contactId === null ? null : `salesforce:${contactId}`);
}

function contactSignal(record: Item, subject: Subject): SignalInput {
  const name = words(record['Name'], 500) ?? words([record['FirstName'], record['LastName']].filter((part) => typeof part === 'string').join(' '), 500);
  return signal('person', subject, changedAt(record), { change: yes(record['IsEmailBounced']) ? 'bounced' : 'updated', ...given({ email: text(record['Email']), name, title: words(record['Title'], 500) }) });
}

function caseSignal(record: Item, subject: Subject): readonly SignalInput[] | ItemFault {
  const ticketId = text(record['CaseNumber']) ?? id(record['Id']);
  if (ticketId === null) return { code: 'missing_field', pointer: '/CaseNumber', detail: 'is required: choose CaseNumber or Id for the message' };
  const solved = yes(record['IsClosed']) || record['Status'] === 'Closed';
  const status = solved ? 'solved' : yes(record['IsEscalated']) || record['Status'] === 'Escalated' ? 'escalated' : record['Status'] === 'New' ? 'opened' : 'updated';
  const priority = named(priorities, lower(record['Priority'])) ?? 'normal';
  return [signal('ticket', subject, changedAt(record), { ticketId, status, priority, ...given({ subject: words(record['Subject'], 500), complaint: list([record['Type'], record['Reason']]).includes('Complaint') || null }) })];
}
