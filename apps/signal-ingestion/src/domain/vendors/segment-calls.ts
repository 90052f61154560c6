import { parseInstant } from '../event-time.js';
import { anonymousKey, emailKey, isEmail, personKey } from '../identifiers.js';
import type { ItemFault } from '../item-fault.js';
import { anonymousOf, eventNameFault, id, idsFault, instantFault, object, objectsFault, personData, personFault, personOf, text, traitsFault, usage } from './fields.js';
import type { Item, Meaning } from './vendor.js';

/** The calls of Segment's spec, which RudderStack's clients make too. */
export const segmentCalls = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
export type SegmentCall = (typeof segmentCalls)[number] | 'merge';

/** How a dialect of the spec differs. */
export interface Dialect {
  readonly calls: readonly SegmentCall[];
  /** Fields with the event's time; the first that is given counts. */
  readonly times: readonly string[];
}

/** What is wrong with a call; null: it can be taken. */
export function segmentFault(dialect: Dialect, call: string, item: Item, sentAt: string | null, receivedAt: number): ItemFault | null {
  if (!isCall(dialect, call)) return { code: 'unknown_call', pointer: '/type', detail: `must be one of ${dialect.calls.join(', ')}` };
  const time = dialect.times.find((name) => item[name] !== undefined && item[name] !== null);
  return identityFault(call, item) ?? (time === undefined ? null : instantFault(item[time], `/${time}`, sentAt, receivedAt)) ?? contentFault(call, item);
}

/** Reads a call that has no fault. */
export function segmentMeaning(dialect: Dialect, call: string, item: Item): Meaning {
  const traits = traitsOf(item);
  const merged = call === 'merge' ? mergedKeys(item) : [];
  return {
    messageId: id(item['messageId']),
    original: dialect.times.reduce<number | null>((found, name) => found ?? parseInstant(item[name]), null),
    person: merged[0] ?? personOf(item['userId'], traits['email']),
    anonymous: anonymousOf(item['anonymousId']),
    accountId: accountOf(call, item, traits),
    formerly: call === 'alias' ? formerlyOf(item) : merged.slice(1),
    accountTraits: call === 'group' ? object(item['traits']) : companyTraits(call, traits),
    product: null,
    mayCreate: call === 'identify',
    signal: signalOf(call, item, traits),
  };
}

function isCall(dialect: Dialect, name: string): name is SegmentCall {
  return (dialect.calls as readonly string[]).includes(name);
}

/** Traits stand at the top of identify and group calls, else in the context. */
function traitsOf(item: Item): Item {
  return { ...object(object(item['context'])['traits']), ...object(item['traits']) };
}

/** `previousId` is a user id or a visitor's anonymousId: the clients send either under this one name. */
function formerlyOf(item: Item): string[] {
  const previous = id(item['previousId']);
  return previous === null ? [] : [personKey(previous), anonymousKey(previous)];
}

/** The keys under which a `merge` says one person is known, its user id first; other properties join nobody here. */
function mergedKeys(item: Item): string[] {
  const keys = mergeProperties(item).flatMap(({ type, value }) => {
    if (type === 'userId' || type === 'user_id') return [personKey(value)];
    if (type === 'anonymousId' || type === 'anonymous_id') return [anonymousKey(value)];
    return type === 'email' && isEmail(value) && value.length <= 194 ? [emailKey(value)] : [];
  });
  const rank = (key: string) => (key.startsWith('anonymous:') ? 2 : key.startsWith('email:') ? 1 : 0);
  return keys.sort((a, b) => rank(a) - rank(b));
}

function mergeProperties(item: Item): { type: string; value: string }[] {
  const given = item['mergeProperties'];
  return (Array.isArray(given) ? given : []).flatMap((property) => {
    const [type, value] = [text(object(property)['type']), id(object(property)['value'])];
    return type === null || value === null ? [] : [{ type, value }];
  });
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

function identityFault(call: SegmentCall, item: Item): ItemFault | null {
  const fault = idsFault([
    [item['userId'], '/userId'], [item['anonymousId'], '/anonymousId'], [item['groupId'], '/groupId'], [item['previousId'], '/previousId'],
    [item['messageId'], '/messageId'], [object(item['context'])['groupId'], '/context/groupId'], [object(traitsOf(item)['company'])['id'], '/traits/company/id'],
  ]);
  if (fault) return fault;
  const userId = id(item['userId']);
  if (call === 'merge') return mergeFault(item);
  if (userId === null && id(item['anonymousId']) === null) return { code: 'identity_missing', pointer: '', detail: 'names neither userId nor anonymousId: give at least one' };
  if (call === 'group' && id(item['groupId']) === null) return { code: 'missing_field', pointer: '/groupId', detail: 'is required: give the account id' };
  if (call === 'alias' && (id(item['previousId']) === null || userId === null)) return { code: 'missing_field', pointer: userId === null ? '/userId' : '/previousId', detail: 'is required: an alias joins previousId to userId' };
  return personFault(userId, '/userId', [[item['anonymousId'], '/anonymousId'], [item['previousId'], '/previousId']]);
}

function mergeFault(item: Item): ItemFault | null {
  const pairs = mergeProperties(item);
  if (pairs.length < 2) return { code: 'invalid_field', pointer: '/mergeProperties', detail: 'must hold two pairs of type and value' };
  return idsFault(pairs.map(({ value }, at) => [value, `/mergeProperties/${at}/value`])) ?? personFault(null, '', pairs.map(({ value }, at) => [value, `/mergeProperties/${at}/value`]));
}

function contentFault(call: SegmentCall, item: Item): ItemFault | null {
  const fault = (call === 'track' ? eventNameFault(item['event'], '/event') : null) ?? objectsFault([[item['properties'], '/properties'], [item['traits'], '/traits'], [item['context'], '/context']]);
  return fault ?? (call === 'identify' ? traitsFault(traitsOf(item), '/traits') : null);
}
