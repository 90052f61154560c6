import { emptyCohort, type Cohort } from '../contacts/cohort.js';
import type { EpochDay } from '../time/day.js';
import type { ContractFacts } from './fold-contract.js';
import { emptyActivity, type ActivityFacts } from './fold-activity.js';
import type { FeatureFacts } from './fold-feature.js';
import type { GoalFacts } from './fold-goal.js';
import type { InvoiceFacts } from './fold-invoice.js';
import type { LicenseFacts } from './fold-license.js';
import type { Mark } from './mark.js';
import type { MetricFacts } from './fold-metric.js';
import type { MilestoneFacts } from './fold-milestone.js';
import type { OpportunityFacts } from './fold-opportunity.js';
import type { PulseFacts } from './fold-pulse.js';
import { emptyRing, type Ring } from './ring.js';
import type { TicketFacts } from './fold-ticket.js';
import { emptyOpened, type OpenedTickets } from './opened-tickets.js';
import { emptyTouches, type TouchFacts } from './fold-engagement.js';
import { emptyUsage, type UsageFacts } from './fold-usage.js';

/** What the signals of one account add up to, besides what is kept by contact. Independent of their order. */
export interface AccountFacts {
  /** Day of the earliest signal; null without any. */
  firstDay: EpochDay | null;
  usage: UsageFacts;
  activity: ActivityFacts;
  touches: TouchFacts;
  /** Sums over contacts, so that a look needs no contact rows but those of stakeholders. */
  cohort: Cohort;
  /** NPS answers by account-week, number and sum. */
  npsCount: Ring;
  npsSum: Ring;
  tickets: Map<string, TicketFacts>;
  /** By product; '' is the account as a whole. */
  licenses: Map<string, LicenseFacts>;
  goals: Map<string, GoalFacts>;
  metrics: Map<string, MetricFacts>;
  milestones: Map<string, MilestoneFacts>;
  invoices: Map<string, InvoiceFacts>;
  contracts: Map<string, ContractFacts>;
  pulse: PulseFacts | null;
  /** Newest usage signal, the evidence of what is judged by use. */
  lastUsage: Mark | null;
  /** Key features by name. */
  features: Map<string, FeatureFacts>;
  /** Newest use by product, of signals that name one. */
  productUse: Map<string, Mark>;
  opportunities: Map<string, OpportunityFacts>;
  opened: OpenedTickets;
}

/** Weeks of NPS answers kept: two quarters and one week under way. */
const npsWeeks = 27;

export const emptyAccountFacts = (): AccountFacts => ({
  firstDay: null,
  usage: emptyUsage(),
  activity: emptyActivity(),
  touches: emptyTouches(),
  cohort: emptyCohort(),
  npsCount: emptyRing(npsWeeks),
  npsSum: emptyRing(npsWeeks),
  tickets: new Map(),
  licenses: new Map(),
  goals: new Map(),
  metrics: new Map(),
  milestones: new Map(),
  invoices: new Map(),
  contracts: new Map(),
  pulse: null,
  lastUsage: null,
  features: new Map(),
  productUse: new Map(),
  opportunities: new Map(),
  opened: emptyOpened(),
});
