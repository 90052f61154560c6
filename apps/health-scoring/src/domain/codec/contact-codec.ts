import type { Answer, ContactFacts, Touch, WeeksOfUse } from '../contacts/contact-facts.js';
import type { ImportedWord } from '../contacts/imported-word.js';
import type { DaysOfUse } from '../contacts/days-of-use.js';
import { instant, integer, list, map, natural, nullable, number, oneOf, record, since, text, id, type Codec } from './codec.js';
import { mark, marked, spans } from './fact-codecs.js';

const answer = record<Answer>({ at: instant, id, score: number });
const touch = record<Touch>({ at: instant, id, type: oneOf(['meeting', 'call', 'mail', 'qbr', 'introduction_asked']) });
const half = 1n << 32n;

/** 64 weeks in two halves. */
const weeks: Codec<bigint> = {
  write(out, value) {
    out.natural(Number(value % half));
    out.natural(Number(value / half));
  },
  read: (input) => BigInt(input.natural()) + BigInt(input.natural()) * half,
};

/** Up to 448 days in as many bytes as they take. */
const days: Codec<bigint> = {
  write(out, value) {
    const hex = value === 0n ? '' : value.toString(16);
    const size = (hex.length + 1) >> 1;
    out.natural(size);
    out.hex(hex.padStart(2 * size, '0'));
  },
  read(input) {
    const size = input.natural();
    return size === 0 ? 0n : BigInt(`0x${input.hex(size)}`);
  },
};

export const contactCodec: Codec<Omit<ContactFacts, 'personId'>> = record<Omit<ContactFacts, 'personId'>>({
  name: nullable(marked(text)),
  titles: spans(text),
  companies: spans(text),
  roles: spans(natural),
  accountRoles: natural,
  seenRoles: natural,
  deactivated: nullable(mark),
  bounced: nullable(mark),
  departed: nullable(mark),
  lastActiveDay: integer,
  activeWeek: integer,
  activeWeeks: weeks,
  lastTouch: nullable(touch),
  missed: list(mark),
  nps: nullable(answer),
  csat: nullable(answer),
  intent: nullable(answer),
  features: since(6, map(text, record<WeeksOfUse>({ activeWeek: integer, activeWeeks: weeks })), () => new Map<string, WeeksOfUse>()),
  uses: since(8, map(text, record<DaysOfUse>({ newest: integer, bits: weeks })), () => new Map<string, DaysOfUse>()),
  activeDays: since(10, days, 0n),
  imported: since(10, list(record<ImportedWord>({ at: instant, id, importId: id, gone: nullable(oneOf(['deactivated', 'bounced', 'departed'])) })), () => []),
});
