import type { SignalData } from '@perennial/contracts/signal';
import { eventTime, parseInstant } from '../event-time.js';
import { anonymousKey, emailKey, idFault, isEmail, personIdFault, personKey } from '../identifiers.js';
import type { ItemFault } from '../item-fault.js';
import type { Item, Meaning, Vendor } from './vendor.js';

const calls = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
type Call = (typeof calls)[number];
const isCall = (name: unknown): name is Call => (calls as readonly unknown[]).includes(name);

const object = (value: unknown): Item => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Item) : {});
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
/** Ids come as text; some clients send whole numbers. */
const id = (value: unknown): string | null => (typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : text(value));

/**
 * Segment's HTTP API and the SDKs that speak it (ingest.md sections 1 and 2): paths, limits and answers are
 * those its clients were built against.
 */
export const segment: Vendor = {
  name: 'segment',
  paths: [...calls.map((call) => ({ path: `/v1/${call}`, call })), { path: '/v1/batch', call: null }],
  limits: { itemBytes: 32 * 1024, batchBytes: 512 * 1024, batchItems: 2500 },
  tooLargeStatus: 400,
  success: { success: true },
  transportFields: ['sentAt', 'receivedAt', 'writeKey', '_metadata'],

  itemsField: 'batch',
  partOf: () => null,
  idOf: (item) => text(item['messageId']),
  keyIn: (body) => text(body['writeKey']),
  sentAtOf: (body) => text(body['sentAt']),

  itemsOf(body) {
    const { batch, context } = body;
    if (!Array.isArray(batch)) return { code: 'invalid_field', pointer: '/batch', detail: 'must be an array of calls' };
    return batch.map((item: unknown) => {
      const call = text(object(item)['type']) ?? '';
      const inherits = context !== undefined && typeof item === 'object' && item !== null && !Object.hasOwn(item, 'context');
      return { call, item: inherits ? { ...item, context } : item };
    });
  },

  faultOf(call, item, sentAt, receivedAt) {
    if (!isCall(call)) return { code: 'unknown_call', pointer: '/type', detail: `must be one of ${calls.join(', ')}` };
    return identityFault(call, item) ?? timeFault(item, sentAt, receivedAt) ?? contentFault(call, item);
  },

  meaningOf(call, item): Meaning {
    const traits = traitsOf(item);
    return {
      messageId: text(item['messageId']),
      original: parseInstant(item['originalTimestamp']) ?? parseInstant(item['timestamp']),
      person: personOf(item, traits),
      anonymous: anonymousOf(item),
      accountId: accountOf(call, item, traits),
      formerly: call === 'alias' ? formerlyOf(item) : [],
      accountTraits: call === 'group' ? object(item['traits']) : companyTraits(call, traits),
      product: null,
      mayCreate: call === 'identify',
      signal: signalOf(call, item, traits),
    };
  },
};

/** Traits stand at the top of identify and group calls, else in the context. */
function traitsOf(item: Item): Item {
  return { ...object(object(item['context'])['traits']), ...object(item['traits']) };
}

function personOf(item: Item, traits: Item): string | null {
  const userId = id(item['userId']);
  if (userId !== null) return personKey(userId);
  const email = text(traits['email']);
  return email !== null && email.length <= 194 && isEmail(email) ? emailKey(email) : null;
}

function anonymousOf(item: Item): string | null {
  const value = id(item['anonymousId']);
  return value === null ? null : anonymousKey(value);
}

/** `previousId` is a user id or a visitor's anonymousId: Segment's clients send either under this one name. */
function formerlyOf(item: Item): string[] {
  const previous = id(item['previousId']);
  return previous === null ? [] : [personKey(previous), anonymousKey(previous)];
}

/** `groupId`, else `context.groupId`, else the company of the traits (Segment's B2B SaaS spec). */
function accountOf(call: string, item: Item, traits: Item): string | null {
  return (call === 'group' ? id(item['groupId']) : null) ?? id(object(item['context'])['groupId']) ?? id(object(traits['company'])['id']);
}

function companyTraits(call: string, traits: Item): Item | null {
  if (call !== 'identify') return null;
  const company = object(traits['company']);
  return id(company['id']) === null ? null : Object.fromEntries(Object.entries(company).filter(([name]) => name !== 'id'));
}

function signalOf(call: string, item: Item, traits: Item): Meaning['signal'] {
  switch (call) {
    case 'track':
      return usage(String(item['event']), item['properties']);
    case 'page':
    case 'screen': {
      const name = text(item['name']) ?? text(object(item['properties'])['name']);
      const what = call === 'page' ? 'Page' : 'Screen';
      return usage(name === null ? `Viewed ${what}` : `Viewed ${name.slice(0, 180)} ${what}`, item['properties']);
    }
    case 'identify':
      return { kind: 'person', data: personData(traits) };
    default:
      return null;
  }
}

function usage(event: string, properties: unknown): Meaning['signal'] {
  const given = object(properties);
  return { kind: 'usage', data: { event, quantity: 1, ...(Object.keys(given).length === 0 ? {} : { properties: given }) } };
}

function personData(traits: Item): SignalData['person'] {
  const name = text(traits['name']) ?? text([traits['firstName'], traits['lastName']].filter((part) => typeof part === 'string').join(' '));
  const email = text(traits['email']);
  const title = text(traits['title']);
  const company = text(traits['company']) ?? text(object(traits['company'])['name']);
  return {
    change: 'updated',
    ...(email === null ? {} : { email }),
    ...(name === null ? {} : { name }),
    ...(title === null ? {} : { title }),
    ...(company === null ? {} : { company }),
  };
}

function identityFault(call: Call, item: Item): ItemFault | null {
  const context = object(item['context']);
  const company = object(traitsOf(item)['company']);
  const given: [unknown, string][] = [
    [item['userId'], '/userId'], [item['anonymousId'], '/anonymousId'], [item['groupId'], '/groupId'], [item['previousId'], '/previousId'],
    [item['messageId'], '/messageId'], [context['groupId'], '/context/groupId'], [company['id'], '/traits/company/id'],
  ];
  for (const [value, pointer] of given) {
    // SDKs write null (and segment-node an empty text) for what they do not know.
    if (value === undefined || value === null || value === '') continue;
    const fault = idFault(id(value) ?? value, pointer);
    if (fault) return fault;
  }
  const userId = id(item['userId']);
  if (userId === null && id(item['anonymousId']) === null) return { code: 'identity_missing', pointer: '', detail: 'names neither userId nor anonymousId: give at least one' };
  if (call === 'group' && id(item['groupId']) === null) return { code: 'missing_field', pointer: '/groupId', detail: 'is required: give the account id' };
  if (call === 'alias' && (id(item['previousId']) === null || userId === null)) return { code: 'missing_field', pointer: userId === null ? '/userId' : '/previousId', detail: 'is required: an alias joins previousId to userId' };
  for (const name of ['anonymousId', 'previousId']) {
    // Room for the prefix that marks a visitor.
    if ((id(item[name])?.length ?? 0) > 190) return { code: 'id_invalid', pointer: `/${name}`, detail: 'has more than 190 characters: shorten it' };
  }
  return userId === null ? null : personIdFault(userId, '/userId');
}

function timeFault(item: Item, sentAt: string | null, receivedAt: number): ItemFault | null {
  for (const name of ['originalTimestamp', 'timestamp']) {
    const given = item[name];
    if (given === undefined || given === null) continue;
    const original = parseInstant(given);
    if (original === null) return { code: 'timestamp_invalid', pointer: `/${name}`, detail: 'is no instant of the calendar: send ISO 8601, e.g. 2026-01-31T09:30:00.000Z' };
    const time = eventTime({ receivedAt, original, sentAt: parseInstant(sentAt) });
    return 'code' in time ? { ...time, pointer: `/${name}` } : null;
  }
  return null;
}

function contentFault(call: Call, item: Item): ItemFault | null {
  if (call === 'track') {
    const { event } = item;
    if (typeof event !== 'string' || event === '') return { code: 'missing_field', pointer: '/event', detail: 'is required: give the name of the event' };
    if (event.length > 200) return { code: 'invalid_field', pointer: '/event', detail: `has ${event.length} characters: at most 200` };
  }
  for (const name of ['properties', 'traits', 'context']) {
    const value = item[name];
    if (value !== undefined && value !== null && (typeof value !== 'object' || Array.isArray(value))) return { code: 'invalid_field', pointer: `/${name}`, detail: 'must be an object' };
  }
  return call === 'identify' ? traitsFault(traitsOf(item)) : null;
}

function traitsFault(traits: Item): ItemFault | null {
  const { email } = traits;
  if (typeof email === 'string' && email !== '' && !isEmail(email)) return { code: 'invalid_field', pointer: '/traits/email', detail: 'is no mail address: mend it or leave it out' };
  const { name, title, company } = personData(traits);
  for (const [field, value] of [['name', name], ['title', title], ['company', company]] as const) {
    if ((value?.length ?? 0) > 500) return { code: 'invalid_field', pointer: `/traits/${field}`, detail: 'has more than 500 characters: shorten it' };
  }
  return null;
}
