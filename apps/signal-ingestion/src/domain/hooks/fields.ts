import type { SignalInput, SignalKind } from '@perennial/contracts/signal';
import { parseInstant } from '../event-time.js';
import { emailKey, isEmail, personKey } from '../identifiers.js';
import type { ItemFault } from '../item-fault.js';
import { id, isItem, object, text } from '../vendors/fields.js';
import type { Item } from '../vendors/vendor.js';
import type { HookSettings } from './hook-settings.js';
import { isFault, type HookEvent, type HookRequest } from './hook-source.js';

/** How the payloads of business systems are read. */

export { id, isItem, object, text };
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);
export const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : null);
export const lower = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '');
/** What a table says of a name; undefined: nothing, whatever the name is. */
export const named = <T>(table: Readonly<Record<string, T>>, name: unknown): T | undefined => (typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined);
/** Words of people, cut to what is kept. */
export const words = (value: unknown, most = 1000): string | null => text(typeof value === 'string' ? value.slice(0, most).toWellFormed().replaceAll('\0', '\uFFFD').trim() : null);

/** `{ name: value }` without what is null. */
export function given<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)) as { [K in keyof T]?: NonNullable<T[K]> };
}

const latest = Date.UTC(9999, 11, 31);
/** An instant as a signal carries it; null where there is none. Numbers are seconds since 1970, or milliseconds where they are too large for that. */
export function instant(value: unknown): string | null {
  const at = typeof value === 'number' ? (value > 1e11 ? value : value * 1000) : parseInstant(value);
  return at === null || !(at > 0 && at < latest) ? null : new Date(at).toISOString();
}

export function day(value: unknown): string | null {
  return instant(value)?.slice(0, 10) ?? null;
}

/** What stands at a JSON pointer (RFC 6901); undefined: nothing. */
export function at(value: unknown, pointer: string): unknown {
  let here: unknown = value;
  for (const token of pointer.split('/').slice(1)) {
    if (typeof here !== 'object' || here === null) return undefined;
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    here = Object.hasOwn(here, name) ? (here as Record<string, unknown>)[name] : undefined;
  }
  return here;
}

export interface Subject {
  readonly accountId?: string;
  readonly personId?: string;
}

/** Who an event is about: where the settings say it stands, else what the source found. A fault when neither names anybody. */
export function subjectOf({ body }: HookEvent, settings: HookSettings, found: { readonly account?: unknown; readonly person?: unknown }): Subject | ItemFault {
  const account = idAt(body, settings.accountAt, found.account);
  const person = idAt(body, settings.personAt, found.person);
  if (account === null && person === null) {
    const places = [...(settings.accountAt ?? []), ...(settings.personAt ?? [])];
    return { code: 'identity_missing', pointer: '', detail: `names no account and no person${places.length > 0 ? ` (looked at ${places.join(', ')})` : ''}: give the sender a place for the id and point accountAt at it` };
  }
  return given({ accountId: account === null ? null : `${settings.accountPrefix ?? ''}${account}`, personId: person === null ? null : isEmail(person) && !person.startsWith('email:') ? emailKey(person) : personKey(person) });
}

function idAt(body: Item, pointers: readonly string[] | undefined, found: unknown): string | null {
  if (pointers === undefined) return id(found);
  for (const pointer of pointers) {
    const value = id(at(body, pointer));
    if (value !== null) return value;
  }
  return null;
}

/** One signal about whoever an event is about. */
export function signal<K extends SignalKind>(kind: K, subject: Subject, occurredAt: string | null, data: Extract<SignalInput, { kind: K }>['data']): SignalInput {
  return { kind, ...subject, ...given({ occurredAt }), data } as SignalInput;
}

/** The one signal that a function makes of a subject. */
export function about(subject: Subject | ItemFault, make: (subject: Subject) => readonly SignalInput[] | ItemFault): readonly SignalInput[] | ItemFault {
  return isFault(subject) ? subject : make(subject);
}

/** A call's body as text. */
export const bodyText = ({ body }: HookRequest): string => new TextDecoder().decode(body);

/** A text as JSON; null: it is none. */
export function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

export const invalidJson: ItemFault = { code: 'invalid_json', pointer: '', detail: 'the body is not JSON' };
export const notAnObject: ItemFault = { code: 'not_an_object', pointer: '', detail: 'the body must be a JSON object' };

/** A call that holds one event as a JSON object. */
export function oneEvent(request: HookRequest, read: (body: Item) => Omit<HookEvent, 'body'>): readonly HookEvent[] | ItemFault {
  const json = parsed(bodyText(request));
  if (json === null) return invalidJson;
  return isItem(json.value) ? [{ ...read(json.value), body: json.value }] : notAnObject;
}
