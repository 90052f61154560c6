import { Reader, Writer } from './codec/bytes.js';
import { accountFactsCodec } from './codec/account-facts-codec.js';
import { bool, day, id, integer, list, natural, nullable, number, oneOf, record, since, text, type Codec } from './codec/codec.js';
import { heaviestCodec } from './codec/heaviest-codec.js';
import { NewerFormat } from './codec/newer-format.js';
import { productCodec } from './codec/product-codec.js';
import { contactCodec } from './codec/contact-codec.js';
import { emptyProductFacts, type ProductFacts } from './products/product-facts.js';
import type { ContactFacts } from './contacts/contact-facts.js';
import type { ScorecardRef } from './scorecard/compile-scorecard.js';
import type { Passage } from './scorecard/passage.js';
import type { AccountAttributes, AccountHealthState, ActiveIndicator, CauseGroup, Override, RenewalSummary, Review, RunningImports, Suppression, VerdictMemory, WeeklyLook } from './state.js';
import type { UsageTrack } from './usage/usage-track.js';

/** First byte of each packed row: what is packed in another way takes the next number. All up to it are read. */
const format = 12;

type Stored = Omit<AccountHealthState, 'accountId' | 'contacts' | 'dirtyContacts' | 'dirtyProducts' | 'contactsCleared'>;

const levels = oneOf(['unknown', 'green', 'amber', 'red']);
const causes = oneOf(['signal', 'time', 'revision', 'restatement', 'import', 'override']);
const groups: Codec<CauseGroup> = oneOf(['use', 'people', 'support', 'voice', 'delivery', 'commercial', 'hygiene', 'opportunity']);
const readonlyList = <T>(codec: Codec<T>): Codec<readonly T[]> => ({ write: (out, values) => list(codec).write(out, [...values]), read: (input) => list(codec).read(input) });
const constant = <T>(value: T): Codec<T> => ({ write: () => undefined, read: () => value });

/** Each day as the step from the last known score, since most days differ little; rows up to format 5 hold the scores themselves. */
const dailyScores: Codec<(number | null)[]> = {
  write(out, scores) {
    out.natural(scores.length);
    let last = 0;
    for (const score of scores) {
      if (score === null) out.byte(0);
      else {
        const step = score - last;
        out.natural(1 + (step >= 0 ? step * 2 : -step * 2 - 1));
        last = score;
      }
    }
  },
  read(input) {
    if (input.format < 6) return list(nullable(natural)).read(input);
    let last = 0;
    return Array.from({ length: input.natural() }, () => {
      const packed = input.natural() - 1;
      if (packed < 0) return null;
      return (last += packed % 2 === 0 ? packed / 2 : -(packed + 1) / 2);
    });
  },
};

/** Their names: the facts stand in rows of their own. */
const products: Codec<Map<string, ProductFacts>> = {
  write: (out, value) => list(text).write(out, [...value.keys()].sort()),
  read: (input) => new Map(list(text).read(input).map((product) => [product, emptyProductFacts()])),
};

/** Rows up to format 4 were judged by numbers in code: what today's scorecards change of them is the scorecards' doing, and alarms nobody. */
const beforeRevisions: ScorecardRef = { id: 'csm-led', revision: 0 };

const stored = record<Stored>({
  account: nullable(record<AccountAttributes>({ tier: nullable(text), goLive: nullable(day), createdAt: integer, isMerged: since(3, bool, false), segment: since(5, nullable(text), null) })),
  renewal: nullable(record<RenewalSummary>({ renewalOn: nullable(day), noticeOn: nullable(day), arrMinor: integer, currency: nullable(text) })),
  reviews: readonlyList(record<Review>({ id, state: oneOf(['open', 'decided']), groups: readonlyList(groups) })),
  facts: accountFactsCodec,
  indicators: list(
    record<ActiveIndicator>({
      id: text, kind: text, since: integer, severe: bool, validUntil: nullable(integer), evidence: readonlyList(id), subject: nullable(id), text: constant(''), confirmed: bool, byRevision: since(5, bool, false), calls: since(9, bool, false), reference: since(9, nullable(number), null),
    }),
  ),
  suppressions: list(record<Suppression>({ kind: text, at: integer, until: integer, how: oneOf(['accepted', 'dismissed', 'snoozed', 'replaced']), reason: text })),
  memory: record<VerdictMemory>({
    heldBand: levels,
    amberSince: nullable(day),
    greenSince: nullable(day),
    toldRisk: nullable(levels),
    band: levels,
    riskLevel: levels,
    dailyScores: record<VerdictMemory['dailyScores']>({ newest: day, scores: dailyScores }),
    usageTrack: record<UsageTrack>({
      week: nullable(integer),
      entered: bool,
      raised: nullable(record<NonNullable<UsageTrack['raised']>>({ since: integer, reference: number, contacts: number })),
      accepted: nullable(record<NonNullable<UsageTrack['accepted']>>({ week: integer, reference: number })),
    }),
    fingerprint: natural,
    judgedBy: since(5, nullable(record<ScorecardRef>({ id, revision: natural })), beforeRevisions),
    generation: since(5, natural, 0),
    weekly: since(6, readonlyList(record<WeeklyLook>({ kind: text, week: integer, times: natural })), []),
    judgedSince: since(7, day, 0),
    knownSince: since(9, nullable(day), null),
    passage: since(7, nullable(record<Passage>({ from: id, since: day, step: natural })), null),
    heaviest: since(10, nullable(heaviestCodec), null),
  }),
  override: nullable(record<Override>({ id, healthScore: number, reason: text, expiresAt: integer, by: text })),
  restating: bool,
  merged: since(3, bool, false),
  pendingCause: nullable(causes),
  nextLookAt: integer,
  imports: since(4, record<RunningImports>({ signals: readonlyList(id), account: readonlyList(id) }), { signals: [], account: [] }),
  products: since(8, products, () => new Map<string, ProductFacts>()),
});

function pack<T>(codec: Codec<T>, value: T): Buffer {
  const out = new Writer();
  out.byte(format);
  codec.write(out, value);
  return out.toBuffer();
}

function unpack<T>(codec: Codec<T>, bytes: Buffer): T {
  const input = new Reader(bytes);
  input.format = input.byte();
  if (input.format > format) throw new NewerFormat('state', input.format, format);
  if (input.format < 1) throw new RangeError(`the packed state has format ${input.format}`);
  const value = codec.read(input);
  if (!input.atEnd) throw new RangeError('the packed state is longer than its format');
  return value;
}

/** The account without its contacts, packed; equal states give equal bytes. */
export const encodeState = (state: AccountHealthState): Buffer => pack(stored, state);

/** Reads what `encodeState` wrote; `contacts` is empty, and so are the facts of `products`, until the shell fills them. Throws NewerFormat, and RangeError on bytes that are none of its own. */
export function decodeState(accountId: string, bytes: Buffer): AccountHealthState {
  return { accountId, ...unpack(stored, bytes), contacts: new Map(), dirtyContacts: new Set(), dirtyProducts: new Set(), contactsCleared: false };
}

/** One contact's row. `kept` rows are loaded whenever the account is looked at. */
export const encodeContact = (contact: ContactFacts): Buffer => pack(contactCodec, contact);

/** Reads what `encodeContact` wrote; throws as `decodeState` does. */
export const decodeContact = (personId: string, bytes: Buffer): ContactFacts => ({ personId, ...unpack(contactCodec, bytes) });

/** The row of one product. */
export const encodeProduct = (product: ProductFacts): Buffer => pack(productCodec, product);

/** Reads what `encodeProduct` wrote; throws as `decodeState` does. */
export const decodeProduct = (bytes: Buffer): ProductFacts => unpack(productCodec, bytes);
