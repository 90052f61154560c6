import type { SignalOf } from '@perennial/contracts/signal';
import { dayOf, parseDay, type EpochDay } from '../time/day.js';
import { keepOpen, type Standing } from './keep-open.js';
import { latest, type Mark } from './mark.js';

/** A term and what it is worth, in the words of one signal. */
export interface ContractTerms extends Mark {
  /** Told by a signal that sets a term; one that only speaks of it (a notice) yields to any that does. */
  readonly binding: boolean;
  readonly startsOn: EpochDay;
  /** Last day; null: open-ended. */
  readonly endsOn: EpochDay | null;
  readonly noticeDays: number;
  readonly arrMinor: number;
  readonly currency: string;
}

/** What scoring needs of a contract: its terms' starts, whether it is being ended, and the last terms told. */
export interface ContractFacts {
  heard: Mark;
  /** First day of each term known, rising. */
  readonly starts: EpochDay[];
  /** The last word on ending or going on, with the last day that it names; null while nobody spoke of it. */
  ending: (Mark & { readonly value: boolean; readonly endsOn: EpochDay | null }) | null;
  /** Null only for a contract that was last heard of by a version that did not keep them. */
  terms: ContractTerms | null;
  product: (Mark & { readonly value: string }) | null;
}

const room = { settled: 50, others: 250 };
const mostStarts = 12;

function endingOf(status: SignalOf<'contract'>['data']['status']): boolean | null {
  switch (status) {
    case 'cancel_scheduled':
    case 'cancelled':
    case 'lost':
      return true;
    case 'cancel_withdrawn':
    case 'renewed':
    case 'agreed':
    case 'extended':
      return false;
    default:
      return null;
  }
}

const settingTerms: readonly string[] = ['created', 'amended', 'extended', 'renewed'];

function termsOf({ data }: SignalOf<'contract'>, { at, id }: Mark): ContractTerms {
  const { status, startsOn, endsOn, noticeDays = 0, arrMinor, currency } = data;
  return { at, id, binding: settingTerms.includes(status), startsOn: parseDay(startsOn), endsOn: endsOn === null ? null : parseDay(endsOn), noticeDays, arrMinor, currency };
}

function lastTerms(known: ContractTerms | null, told: ContractTerms): ContractTerms {
  if (known !== null && known.binding !== told.binding) return known.binding ? known : told;
  return latest(known, told);
}

export function foldContract(contracts: Map<string, ContractFacts>, signal: SignalOf<'contract'>, mark: Mark): void {
  const { contractId, status, startsOn } = signal.data;
  let contract = contracts.get(contractId);
  if (contract === undefined) contracts.set(contractId, (contract = { heard: mark, starts: [], ending: null, terms: null, product: null }));
  else contract.heard = latest(contract.heard, mark);
  const start = parseDay(startsOn);
  if (!contract.starts.includes(start)) {
    contract.starts.push(start);
    contract.starts.sort((a, b) => a - b);
    // The first start dates the account, the last ones date its renewals.
    if (contract.starts.length > mostStarts) contract.starts.splice(1, 1);
  }
  const ending = endingOf(status);
  if (ending !== null) contract.ending = latest(contract.ending, { ...mark, value: ending, endsOn: signal.data.endsOn === null ? null : parseDay(signal.data.endsOn) });
  const product = signal.data.product ?? signal.product;
  if (product !== null) contract.product = latest(contract.product, { ...mark, value: product });
  contract.terms = lastTerms(contract.terms, termsOf(signal, mark));
  keepOpen(contracts, room, standingOn(contracts), (known) => known.heard);
}

/** Settled: run out by the day of the newest word on any. Not so the first one, which dates the account, and one whose last word is that it ends, which an account without another is held by. */
function standingOn(contracts: ReadonlyMap<string, ContractFacts>): (contract: ContractFacts) => Standing {
  const first = firstTermStart(contracts);
  let today = -Infinity;
  for (const { heard } of contracts.values()) today = Math.max(today, dayOf(heard.at));
  return ({ starts, ending, terms }) => (starts[0] !== first && ending?.value !== true && terms !== null && (terms.endsOn ?? today) < today ? 'settled' : 'open');
}

/** First day of the first term of any contract; null without contracts. */
export function firstTermStart(contracts: ReadonlyMap<string, ContractFacts>): EpochDay | null {
  let first: EpochDay | null = null;
  for (const { starts } of contracts.values()) {
    const start = starts[0];
    if (start !== undefined && (first === null || start < first)) first = start;
  }
  return first;
}

/** Start of the term under way on `day` that began last; null without one. */
export function termStartAt(contracts: ReadonlyMap<string, ContractFacts>, day: EpochDay): EpochDay | null {
  let last: EpochDay | null = null;
  for (const { starts } of contracts.values()) for (const start of starts) if (start <= day && (last === null || start > last)) last = start;
  return last;
}

/** Grace of late signatures: a renewed term's seats may be told that much later than it begins. */
const lateDays = 30;

/** The day whose seats are those that the term under way began with: after its start, and perhaps ahead, where it renews another one. Null without a term. */
export function seatsBeginAt(contracts: ReadonlyMap<string, ContractFacts>, day: EpochDay): EpochDay | null {
  const start = termStartAt(contracts, day);
  const isRenewal = start !== null && [...contracts.values()].some(({ starts }) => starts.includes(start) && (starts[0] ?? start) < start);
  return isRenewal ? start + lateDays : start;
}
