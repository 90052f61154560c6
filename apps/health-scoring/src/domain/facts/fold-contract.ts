import type { SignalOf } from '@perennial/contracts/signal';
import { parseDay, type EpochDay } from '../time/day.js';
import { keepNewest } from './keep-newest.js';
import { latest, type Mark } from './mark.js';

/** What scoring needs of a contract: its terms' starts and whether it is being ended. */
export interface ContractFacts {
  heard: Mark;
  /** First day of each term known, rising. */
  readonly starts: EpochDay[];
  /** The last word on ending or going on; null while nobody spoke of it. */
  ending: (Mark & { readonly value: boolean }) | null;
}

const mostContracts = 50;
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

export function foldContract(contracts: Map<string, ContractFacts>, signal: SignalOf<'contract'>, mark: Mark): void {
  const { contractId, status, startsOn } = signal.data;
  let contract = contracts.get(contractId);
  if (contract === undefined) contracts.set(contractId, (contract = { heard: mark, starts: [], ending: null }));
  else contract.heard = latest(contract.heard, mark);
  const start = parseDay(startsOn);
  if (!contract.starts.includes(start)) {
    contract.starts.push(start);
    contract.starts.sort((a, b) => a - b);
    // The first start dates the account, the last ones date its renewals.
    if (contract.starts.length > mostStarts) contract.starts.splice(1, 1);
  }
  const ending = endingOf(status);
  if (ending !== null) contract.ending = latest(contract.ending, { ...mark, value: ending });
  keepNewest(contracts, mostContracts, (known) => known.heard);
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
