import { lastActiveDays } from '../contacts/cohort.js';
import { usageDays, usageWeeks, type UsageFacts } from '../facts/fold-usage.js';
import type { ProductFacts } from '../products/product-facts.js';
import { day, id, integer, list, nullable, record, type Codec } from './codec.js';
import { mark, ring } from './fact-codecs.js';

const ids: Codec<Set<string>> = { write: (out, values) => list(id).write(out, [...values].sort()), read: (input) => new Set(list(id).read(input)) };

/** Facts of one product of an account. A new field goes to the end, with `since` a new format number of `state-codec.ts`. */
export const productCodec: Codec<ProductFacts> = record<ProductFacts>({
  usage: record<UsageFacts>({ firstDay: nullable(day), days: ring(usageDays, day), weeks: ring(usageWeeks, integer), changedWeek: nullable(integer) }),
  lastUsage: nullable(mark),
  lastActive: ring(lastActiveDays, day),
  tickets: ids,
  goals: ids,
});
