import type { Signal } from '@perennial/contracts/signal';
import { lastActiveDays } from '../contacts/cohort.js';
import { useKey } from '../contacts/days-of-use.js';
import type { ContactFacts } from '../contacts/contact-facts.js';
import { mostGoals } from '../facts/fold-goal.js';
import { mostTickets } from '../facts/fold-ticket.js';
import { emptyUsage, foldUsage, type UsageFacts } from '../facts/fold-usage.js';
import { latest, type Mark } from '../facts/mark.js';
import { addTo, emptyRing, never, type Ring } from '../facts/ring.js';
import type { AccountHealthState } from '../state.js';
import { weekdayOf } from '../time/account-week.js';
import type { EpochDay } from '../time/day.js';

/** What signals that name a product add up to, besides what the account keeps by product (licenses). Kept in a row of its own. */
export interface ProductFacts {
  usage: UsageFacts;
  lastUsage: Mark | null;
  /** Contacts by the day they last used it. */
  readonly lastActive: Ring;
  /** Which of the account's tickets and goals are about it. */
  readonly tickets: Set<string>;
  readonly goals: Set<string>;
}

/** Products told apart of one account; what names a further one counts for the account as a whole. */
const mostProducts = 20;

export const emptyProductFacts = (): ProductFacts => ({ usage: emptyUsage(), lastUsage: null, lastActive: emptyRing(lastActiveDays), tickets: new Set(), goals: new Set() });

/** Folds a signal that names a product into the facts of it; one that names none says nothing of any. */
export function foldProduct(state: AccountHealthState, signal: Signal, day: EpochDay, mark: Mark): void {
  const { product } = signal;
  if (product === null || !isOfProduct(signal)) return;
  let facts = state.products.get(product);
  if (facts === undefined) {
    if (state.products.size >= mostProducts) return;
    state.products.set(product, (facts = emptyProductFacts()));
  }
  if (signal.kind === 'usage') {
    foldUsage(facts.usage, signal, day, weekdayOf(state.accountId));
    facts.lastUsage = latest(facts.lastUsage, mark);
  } else if (signal.kind === 'ticket') addBounded(facts.tickets, signal.data.ticketId, mostTickets, state.facts.tickets);
  else if (signal.kind === 'goal') addBounded(facts.goals, signal.data.goalId, mostGoals, state.facts.goals);
  state.dirtyProducts.add(product);
}

const isOfProduct = ({ kind }: Signal): boolean => kind === 'usage' || kind === 'license' || kind === 'ticket' || kind === 'goal';

/** Where there are more than the account remembers, those go that it has forgotten. */
function addBounded(ids: Set<string>, id: string, most: number, remembered: ReadonlyMap<string, unknown>): void {
  if (ids.size > most) for (const known of ids) if (!remembered.has(known)) ids.delete(known);
  ids.add(id);
}

/** Keeps the sums by last day of use in step: `before` is the contact's last day of use of the product until now. */
export function moveProductUse(state: AccountHealthState, contact: ContactFacts, product: string, before: EpochDay): void {
  const facts = state.products.get(product);
  const after = contact.uses.get(useKey(product, ''))?.newest ?? never;
  if (facts === undefined || after <= before) return;
  if (before !== never) addTo(facts.lastActive, before, -1);
  addTo(facts.lastActive, after, 1);
}
