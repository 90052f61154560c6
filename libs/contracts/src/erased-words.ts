import type { PersonErased } from './person.js';

/** Stands where a person was named. */
export const erasedWord = '(erased)';

/** Shorter ids, and numbers, mean other things too often to be hidden in a text. */
const shortestToldApart = 6;
/** Fields that hold words also where it is only one. */
const inWords = new Set(['text', 'reason', 'title', 'decision', 'comment']);

/** Takes a person out of what was said of them, in whole words; of one account, whose own id stays. */
export class ErasedWords {
  private readonly patterns: readonly RegExp[];
  private readonly addresses: readonly RegExp[];
  /** Of these, as they are or in a JSON text, one stands in whatever names the person; in small or capital letters. */
  readonly searched: readonly string[];

  constructor({ accountId, ids, names, emails }: Pick<PersonErased, 'accountId' | 'ids' | 'names' | 'emails'>) {
    const keys = ids.filter((id) => id.length >= shortestToldApart && !/^\d+$/.test(id));
    const words = [...names, ...keys].filter((word) => word !== accountId).sort((a, b) => b.length - a.length);
    // Not within another word or id, nor as the end or beginning of another one's address.
    this.addresses = emails.map((email) => new RegExp(`(?<![\\p{L}\\p{N}._%+-])${escaped(email)}(?![\\p{L}\\p{N}-]|\\.[\\p{L}\\p{N}])`, 'giu'));
    // A name of one word may be any word: it counts as it is written.
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
    if (typeof value === 'string') return inWords.has(field) || /\s/.test(value) ? this.fromText(value) : this.addresses.reduce((left, address) => left.replaceAll(address, erasedWord), value);
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

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
