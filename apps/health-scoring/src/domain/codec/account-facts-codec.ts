import { fourWeekWindows, lastActiveDays, lastTouchedDays, type AnswerSum, type AnswerType, type Cohort } from '../contacts/cohort.js';
import { emptyAccountFacts, type AccountFacts } from '../facts/account-facts.js';
import { activityDays, customerKinds, type ActivityFacts } from '../facts/fold-activity.js';
import type { ContractFacts, ContractTerms } from '../facts/fold-contract.js';
import { touchDays, type TouchFacts } from '../facts/fold-engagement.js';
import { featureWeeks, type FeatureFacts } from '../facts/fold-feature.js';
import type { GoalFacts, GoalTerms } from '../facts/fold-goal.js';
import type { InvoiceFacts } from '../facts/fold-invoice.js';
import { assignedDays, type LicenseFacts } from '../facts/fold-license.js';
import type { MetricFacts } from '../facts/fold-metric.js';
import type { MilestoneFacts } from '../facts/fold-milestone.js';
import type { OpportunityFacts } from '../facts/fold-opportunity.js';
import { openedOf, type TicketFacts } from '../facts/fold-ticket.js';
import { emptyOpened, openedDays, type OpenedTickets } from '../facts/opened-tickets.js';
import { usageDays, usageWeeks, type UsageFacts } from '../facts/fold-usage.js';
import type { Mark } from '../facts/mark.js';
import { emptyRing } from '../facts/ring.js';
import { bool, day, id, instant, integer, list, map, natural, nullable, number, oneOf, record, since, text, type Codec } from './codec.js';
import { flags, mark, marked, ring, spans } from './fact-codecs.js';

const npsWeeks = emptyAccountFacts().npsCount.size;

const usage = record<UsageFacts>({ firstDay: nullable(day), days: ring(usageDays, day), weeks: ring(usageWeeks, integer), changedWeek: nullable(integer) });

const lastDay: Codec<ActivityFacts['lastDay']> = {
  write: (out, days) => customerKinds.forEach((kind) => nullable(day).write(out, days[kind] ?? null)),
  read(input) {
    const days: ActivityFacts['lastDay'] = {};
    for (const kind of customerKinds) {
      const last = nullable(day).read(input);
      if (last !== null) days[kind] = last;
    }
    return days;
  },
};
const activity = record<ActivityFacts>({ days: flags(activityDays), last: nullable(mark), lastDay });

const touches = record<TouchFacts>({ days: ring(touchDays, day), tied: map(text, natural), last: nullable(mark) });

const byType = <T>(codec: Codec<T>): Codec<Record<AnswerType, T>> => record<Record<AnswerType, T>>({ nps: codec, csat: codec, intent: codec });
const cohort = record<Cohort>({
  lastActive: ring(lastActiveDays, day),
  lastTouched: ring(lastTouchedDays, day),
  activeInFourWeeks: ring(fourWeekWindows, integer),
  others: byType(record<AnswerSum>({ count: natural, sum: natural })),
  newest: byType<Mark | null>(nullable(mark)),
  activated: since(6, natural, 0),
});

const ticket = record<TicketFacts>({
  opened: mark,
  opening: nullable(mark),
  solved: nullable(mark),
  escalated: nullable(mark),
  urgentSince: nullable(mark),
  priority: marked(oneOf(['low', 'normal', 'high', 'urgent'])),
  complaint: nullable(marked(bool)),
  begun: since(12, bool, true),
});

const license = record<LicenseFacts>({ bought: spans(natural), assigned: nullable(marked(natural)), assignedByDay: since(6, ring(assignedDays, day), () => emptyRing(assignedDays)) });
/** The name of a metric, which goals and measurements say alike. Rows up to format 10 spell it out each time. */
const metric: Codec<string> = { write: (out, value) => id.write(out, value), read: (input) => (input.format < 11 ? text : id).read(input) };
const terms = record<GoalTerms>({ metric, baseline: number, target: number, startsOn: nullable(day), dueOn: day, weight: number });
const goal = record<GoalFacts>({ name: marked(text), terms: spans(terms), confirmed: nullable(marked(nullable(number))), dropped: nullable(mark) });
/** Rows up to format 11 hold the first word that it was achieved. */
const achieved: Codec<Mark[]> = {
  write: (out, words) => list(mark).write(out, words),
  read(input) {
    if (input.format >= 12) return list(mark).read(input);
    const first = nullable(mark).read(input);
    return first === null ? [] : [first];
  },
};
/** Rows up to format 11 hold the last word that it was missed. */
const open: Codec<MilestoneFacts['open']> = nullable(record<NonNullable<MilestoneFacts['open']>>({ at: instant, id, missed: since(12, bool, true) }));
const milestone = record<MilestoneFacts>({
  name: marked(text), due: nullable(record<Mark & { readonly day: number }>({ at: instant, id, day })), achieved, open,
  phase: since(6, nullable(marked(oneOf(['onboarding', 'adoption', 'value']))), null),
  begun: since(12, bool, true),
});
const invoice = record<InvoiceFacts>({ at: instant, id, paid: bool, dueOn: day, begun: since(12, bool, true) });
const contractTerms = record<ContractTerms>({ at: instant, id, binding: bool, startsOn: day, endsOn: nullable(day), noticeDays: natural, arrMinor: integer, currency: text });
const ending = record<NonNullable<ContractFacts['ending']>>({ at: instant, id, value: bool, endsOn: since(12, nullable(day), null) });
const contract = record<ContractFacts>({ heard: mark, starts: list(day), ending: nullable(ending), terms: since(2, nullable(contractTerms), null), product: since(6, nullable(marked(text)), null) });

const opportunity = record<OpportunityFacts>({ at: instant, id, isGrowth: bool, isOpen: bool, closeOn: day });
const opened = record<OpenedTickets>({ firstDay: nullable(day), days: ring(openedDays, day) });

/** Facts of one account. A new field goes to the end of its record, with `since` a new format number of `state-codec.ts`. */
const facts = record<AccountFacts>({
  firstDay: nullable(day),
  usage,
  activity,
  touches,
  cohort,
  npsCount: ring(npsWeeks, integer),
  npsSum: ring(npsWeeks, integer),
  tickets: map(id, ticket),
  licenses: map(text, license),
  goals: map(id, goal),
  metrics: map(metric, record<MetricFacts>({ at: instant, id, value: number, count: since(12, natural, 1) })),
  milestones: map(id, milestone),
  invoices: map(id, invoice),
  contracts: map(id, contract),
  pulse: nullable(marked(natural)),
  lastUsage: nullable(mark),
  features: since(6, map(text, record<FeatureFacts>({ last: mark, users: ring(featureWeeks, integer) })), () => new Map<string, FeatureFacts>()),
  productUse: since(6, map(text, mark), () => new Map<string, Mark>()),
  opportunities: since(6, map(id, opportunity), () => new Map<string, OpportunityFacts>()),
  opened: since(12, opened, emptyOpened),
});

/** Rows up to format 11 did not count opened tickets: those they remember are counted. */
export const accountFactsCodec: Codec<AccountFacts> = {
  write: (out, value) => facts.write(out, value),
  read(input) {
    const value = facts.read(input);
    return input.format < 12 ? { ...value, opened: openedOf(value.tickets, value.tickets) } : value;
  },
};
