import type { SignalOf } from '@perennial/contracts/signal';
import { parseDay, type EpochDay } from '../time/day.js';
import { keepNewest } from './keep-newest.js';
import { latest, type Mark } from './mark.js';

/** The last word on one opportunity. */
export type OpportunityFacts = Mark & {
  /** More seats or another product; a renewal is none. */
  readonly isGrowth: boolean;
  readonly isOpen: boolean;
  readonly closeOn: EpochDay;
};

const mostOpportunities = 20;

/** Stages are the seller's own words; those that end one have "closed", "won" or "lost" in them in every common CRM. */
const ended = /\b(closed|won|lost)/i;

export function foldOpportunity(opportunities: Map<string, OpportunityFacts>, signal: SignalOf<'opportunity'>, mark: Mark): void {
  const { opportunityId, type, stage, closeOn } = signal.data;
  const told = { ...mark, isGrowth: type !== 'renewal', isOpen: !ended.test(stage.replace(/[_-]/g, ' ')), closeOn: parseDay(closeOn) };
  opportunities.set(opportunityId, latest(opportunities.get(opportunityId) ?? null, told));
  keepNewest(opportunities, mostOpportunities, (known) => known);
}
