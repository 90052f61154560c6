import type { PersonErased } from './person.js';

/** Stands where a person was named. */
export const erasedWord = '(erased)';

/** Shorter ids, and numbers, mean other things too often to be hidden where somebody else wrote them. */
const shortestToldApart = 6;

/** Whether an id is told apart from other words. */
export const isToldApart = (id: string): boolean => id.length >= shortestToldApart && !/^\d+$/.test(id);

/** A mail address in a text, in small or capital letters: not as the end or beginning of another one's. */
export const addressPattern = (email: string): RegExp => new RegExp(`(?<![\\p{L}\\p{N}._%+-])${escaped(email)}(?![\\p{L}\\p{N}-]|\\.[\\p{L}\\p{N}])`, 'giu');

/** A text as a regular expression has it. */
export function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** Fields that hold words also where it is only one. */
const inWords = new Set(['text', 'reason', 'title', 'decision', 'comment']);

/** A text without a blank is a state, a kind or another's id, unless its field holds words. */
const holdsWords = (text: string, field: string): boolean => inWords.has(field) || /\s/.test(text);

/** Texts of a JSON value in which somebody's name would be looked for. */
export function textsOfWords(value: unknown, field = ''): string[] {
  if (typeof value === 'string') return holdsWords(value, field) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one) => textsOfWords(one, field));
  return Object.entries(value).flatMap(([name, one]) => textsOfWords(one, name));
}

/** Takes a person out of what was said of them, in whole words; of one account, whose own id stays. */
export class ErasedWords {
  private readonly patterns: readonly RegExp[];
  private readonly addresses: readonly RegExp[];
  /** Of these, as they are or in a JSON text, one stands in whatever names the person; in small or capital letters. */
  readonly searched: readonly string[];
  private readonly accountId: string;

  constructor({ accountId, ids, names, emails }: Pick<PersonErased, 'accountId' | 'ids' | 'names' | 'emails'>) {
    this.accountId = accountId;
    const keys = ids.filter(isToldApart);
    const words = [...names, ...keys].filter((word) => word !== accountId).sort((a, b) => b.length - a.length);
    this.addresses = emails.map(addressPattern);
    // Not within another word or id. A name of one word may be any word: it counts as it is written.
    this.patterns = [...this.addresses, ...words.map((word) => new RegExp(`(?<![\\p{L}\\p{N}_@-]|[\\p{L}\\p{N}]\\.)${escaped(word)}(?![\\p{L}\\p{N}_@-]|\\.[\\p{L}\\p{N}])`, /\s/.test(word) ? 'giu' : 'gu'))];
    this.searched = [...new Set([...emails, ...words].flatMap((word) => [word, JSON.stringify(word).slice(1, -1)]))];
  }

  /** A sentence without the person. */
  fromText(text: string): string {
    return this.patterns.reduce((left, pattern) => left.replaceAll(pattern, erasedWord), text);
  }

  /**
   * A JSON value without the person; the same object where they were not in it. A text without a blank is a state, a kind or
   * another's id, unless its field holds words: only addresses are taken out of it.
   */
  from<T>(value: T): T {
    return this.cleaned(value, '') as T;
  }

  /** Whether `from` finds any. */
  areIn(value: unknown): boolean {
    return this.from(value) !== value;
  }

  private cleaned(value: unknown, field: string): unknown {
    // It may be a mail address too, and what hangs on it must find it again.
    if (value === this.accountId) return value;
    if (typeof value === 'string') return holdsWords(value, field) ? this.fromText(value) : this.addresses.reduce((left, address) => left.replaceAll(address, erasedWord), value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      const next: unknown[] = value.map((one) => this.cleaned(one, field));
      return next.some((one, at) => one !== value[at]) ? next : value;
    }
    const before = Object.entries(value);
    const after = before.map(([name, one]): [string, unknown] => [name, this.cleaned(one, name)]);
    return after.some(([, one], at) => one !== before[at]?.[1]) ? Object.fromEntries(after) : value;
  }
}
