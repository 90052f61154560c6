import { ErasedWords } from '@perennial/contracts/erased-words';
import type { PersonErased } from '@perennial/contracts/person';
import { personKey } from './identifiers.js';
import { mentions } from './personal-data.js';

/** What of a person was there, in the words under which it is looked for. */
export interface Traces {
  /** All keys of the person. */
  readonly keys: readonly string[];
  /** Mail addresses, lower case. */
  readonly emails: readonly string[];
  /** Names that accounts know the person by, or did. */
  readonly names: readonly string[];
}

/** Shorter ids, and numbers, mean other things too often to be hidden where somebody else wrote them. */
const shortestToldApart = 6;

/** Texts of which one stands in whatever may be about the person: ids as JSON texts, also within a text that is JSON itself; mail addresses as they are. */
export function searchTexts({ keys, emails }: Pick<Traces, 'keys' | 'emails'>): string[] {
  const ids = idsOf(keys);
  return [...new Set([...ids.map(quoted), ...ids.map((id) => quoted(quoted(id)).slice(1, -1)), ...ids.filter((id) => /^\d+$/.test(id)), ...emails])];
}

/** The person as other services hear of them, for one account. */
export function erasedOf({ keys, emails, names }: Traces, accountId: string): PersonErased {
  return { accountId, ids: idsOf(keys), names: [...names], emails: [...emails] };
}

/** The person in what is said of one account in words. */
export const wordsOf = (traces: Traces, accountId: string): ErasedWords => new ErasedWords(erasedOf(traces, accountId));

/** Tells a person from others in JSON values, and takes them out of what others said. */
export class PersonFinder {
  private readonly known: ReadonlySet<string>;
  private readonly ids: ReadonlySet<string>;
  private readonly addresses: readonly RegExp[];
  /** Ids in a text that is JSON itself, e.g. the head of what was too large. */
  private readonly quotedIds: readonly RegExp[];
  private readonly isGone = (key: string): boolean => this.known.has(key);

  constructor({ keys, emails }: Pick<Traces, 'keys' | 'emails'>) {
    this.known = new Set(keys);
    this.ids = new Set(idsOf(keys).filter((id) => id.length >= shortestToldApart && !/^\d+$/.test(id)));
    // Not as the end of another one's address, nor as its beginning.
    this.addresses = emails.map((email) => new RegExp(`(?<![\\p{L}\\p{N}._%+-])${escaped(email)}(?![\\p{L}\\p{N}-]|\\.[\\p{L}\\p{N}])`, 'giu'));
    this.quotedIds = idsOf(keys).map((id) => new RegExp(escaped(quoted(id)), 'u'));
  }

  /** An id that is a whole text or number, or stands quoted in one; an address anywhere in a text. */
  isIn(value: unknown): boolean {
    return mentions(value, this.isGone) || tells(value, this.addresses) || tells(value, this.quotedIds);
  }

  /** The value without the person: attendees go; addresses are hidden, and texts and names that are nothing but an id. */
  scrubbed(value: unknown): unknown {
    if (typeof value === 'string') return this.hidden(value);
    if (Array.isArray(value)) return value.filter((one) => !this.isPerson(one)).map((one) => this.scrubbed(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [this.hidden(name), this.scrubbed(one)]));
  }

  private hidden(text: string): string {
    return this.ids.has(text) ? '(erased)' : this.addresses.reduce((left, address) => left.replaceAll(address, '(erased)'), text);
  }

  /** One of a list of people, e.g. of attendees. */
  private isPerson(one: unknown): boolean {
    return typeof one === 'object' && one !== null && 'personId' in one && typeof one.personId === 'string' && this.isGone(personKey(one.personId));
  }
}

/** Whether any text of a JSON value, names included, holds one of the patterns. */
function tells(value: unknown, patterns: readonly RegExp[]): boolean {
  if (typeof value === 'string') return patterns.some((pattern) => value.search(pattern) >= 0);
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) ? value.some((one) => tells(one, patterns)) : Object.entries(value).some(([name, one]) => tells(name, patterns) || tells(one, patterns));
}

/** Ids as senders write them. */
function idsOf(keys: readonly string[]): string[] {
  return keys.filter((key) => !key.startsWith('email:')).map((key) => (key.startsWith('anonymous:') ? key.slice('anonymous:'.length) : key));
}

const quoted = (text: string): string => JSON.stringify(text);
const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
