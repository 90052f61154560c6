import { erasedWord, textsOfWords } from '@perennial/contracts/erased-words';
import canonicalize from 'canonicalize';
import type { Arrival } from '../arrival.js';

/** What a message told when it was taken. */
export interface ToldMessage {
  /** Week it was written in. */
  readonly week: number;
  readonly sourceId: string;
  readonly messageId: string;
  readonly hash: string;
  readonly personKey: string | null;
  /** Of whom the key stands for by now; null: of nobody, or of a visitor. */
  readonly personId: string | null;
  /** Null: its person has none. */
  readonly accountId: string | null;
  /** Null: it told no signal. */
  readonly kind: string | null;
  readonly data: unknown;
  readonly product: string | null;
  /** When somebody was last erased from what was said of its account; null: nobody was. */
  readonly erasedAt: Date | null;
}

/** What it is to tell instead; `data` is JSON. */
export interface Retold {
  readonly kind: string | null;
  readonly data: unknown;
  readonly product: string | null;
}

/**
 * What a message that was taken is to tell by another mapping. `same`: what it told. `kept`: it would tell of a person,
 * or did, which stands where contacts are kept and not only in the timeline; or somebody was taken out of it, or of its
 * account since it came and it would say what it did not, where the log may still name them: that stays as it was.
 */
export function retell(told: ToldMessage, { hash, receivedAt, meaning }: Pick<Arrival, 'hash' | 'receivedAt' | 'meaning'>): Retold | 'same' | 'kept' {
  // Another message under the same id, which was refused.
  if (hash !== told.hash) return 'same';
  const { signal, product } = meaning;
  const kind = signal?.kind ?? null;
  if (told.kind === 'person' || kind === 'person') return told.kind === kind ? 'same' : 'kept';
  const data: unknown = signal === null ? null : JSON.parse(JSON.stringify(signal.data));
  if (kind === told.kind && product === told.product && canonicalize(data) === canonicalize(told.data ?? null)) return 'same';
  if (JSON.stringify(told.data ?? null).includes(erasedWord)) return 'kept';
  const said = new Set(textsOfWords([told.data, told.product]));
  if (told.erasedAt !== null && receivedAt <= told.erasedAt.getTime() && textsOfWords([data, product]).some((text) => !said.has(text))) return 'kept';
  return { kind, data, product };
}
