import { scoringFactsOf } from '../days/day-facts.js';
import { scoreDay } from '../days/judge-day.js';
import { readingPlanOf } from '../days/reading-plan.js';
import type { Reading } from '../measures/measure.js';
import type { CompiledScorecard } from '../scorecard/compile-scorecard.js';
import type { AccountHealthState, Band } from '../state.js';
import { openedOf } from '../facts/fold-ticket.js';
import { current } from '../facts/spans.js';
import { emptyRing } from '../facts/ring.js';
import { emptyTrack } from '../usage/usage-track.js';
import { AccountView } from '../verdict/account-view.js';
import type { AssessedMeasure } from '../verdict/assess-measures.js';
import { plainScoreOf } from '../verdict/shadow-score.js';
import type { ProductFacts } from './product-facts.js';

/** What an account makes of one product. */
export interface ProductScore {
  readonly product: string;
  readonly healthScore: number | null;
  readonly rawScore: number | null;
  /** Of this look alone: improving is immediate. */
  readonly band: Band;
  readonly dataCoverage: number;
  /** Its own license as last told; null: none was. */
  readonly license: { readonly seatsBought: number; readonly seatsAssigned: number | null } | null;
  readonly measures: readonly AssessedMeasure<Reading>[];
  /** By measure. */
  readonly contributionsBp: readonly (number | null)[];
}

/** Every product that signals named, by name: judged by the scorecard that judges the account. */
export function productScoresOf(view: AccountView, card: CompiledScorecard): ProductScore[] {
  const plan = readingPlanOf([card]);
  return [...view.state.products].sort(([a], [b]) => (a < b ? -1 : 1)).map(([product, facts]) => {
    const own = new AccountView(ofProduct(view.state, product, facts), view.asOf, view.sources, card, [], null, view.uncounted);
    const scored = scoreDay(scoringFactsOf(own, plan), card, view.state.indicators);
    const license = view.facts.licenses.get(product);
    const bought = license === undefined ? null : current(license.bought);
    return {
      product, ...plainScoreOf(scored, card), measures: scored.measures, contributionsBp: scored.raw.contributionsBp,
      license: bought === null ? null : { seatsBought: bought.value, seatsAssigned: license?.assigned?.value ?? null },
    };
  });
}

/** The account as if it had this product alone: use, license, tickets, goals and contracts are the product's; contacts, what they say and the rest are the account's. */
function ofProduct(state: AccountHealthState, product: string, { usage, lastUsage, lastActive, tickets, goals }: ProductFacts): AccountHealthState {
  const { facts, memory } = state;
  const license = facts.licenses.get(product);
  const itsTickets = new Map([...facts.tickets].filter(([id]) => tickets.has(id)));
  const contracts = new Map([...facts.contracts].filter(([, contract]) => contract.product?.value === product));
  return {
    ...state,
    facts: {
      ...facts, usage, lastUsage,
      cohort: { ...facts.cohort, lastActive, activated: 0, activeInFourWeeks: emptyRing(facts.cohort.activeInFourWeeks.size) },
      tickets: itsTickets,
      opened: openedOf(itsTickets, facts.tickets),
      goals: new Map([...facts.goals].filter(([id]) => goals.has(id))),
      licenses: new Map(license === undefined ? [] : [['', license]]),
      contracts: contracts.size > 0 ? contracts : facts.contracts,
    },
    memory: { ...memory, usageTrack: emptyTrack() },
  };
}
