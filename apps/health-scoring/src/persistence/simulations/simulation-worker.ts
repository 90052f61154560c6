import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { unpackDays } from '../../domain/days/packed-days.js';
import { dayPlanOf, type DayPlan } from '../../domain/days/reading-plan.js';
import { simulatedCards, type NumberedDocument } from '../../domain/simulation/simulated-cards.js';
import { simulateAccount } from '../../domain/simulation/simulate-account.js';
import { addUp, emptyTally, tallyOf, type Tally } from '../../domain/simulation/tally.js';
import type { SimulatedAccount } from './simulation-store.js';

/** What the thread is made for. */
export interface SimulationSetup {
  readonly inForce: readonly NumberedDocument[];
  readonly draft: NumberedDocument;
  /** Revisions that judged days. */
  readonly judged: readonly NumberedDocument[];
}

/** Some accounts with their kept days (`unpackDays`), and the plans that these name. */
export interface SimulationTask {
  readonly plans: readonly { readonly id: number; readonly keys: readonly string[] }[];
  readonly accounts: readonly { readonly accountId: string; readonly days: Uint8Array }[];
}

export type SimulationAnswer = { readonly tally: Tally; readonly differing: readonly SimulatedAccount[] } | { readonly fault: string };

stepBack();
const { inForce, draft, judged } = workerData as SimulationSetup;
const cards = simulatedCards(inForce, draft, judged);
const plans = new Map<number, DayPlan>();

function simulate({ plans: named, accounts }: SimulationTask): SimulationAnswer {
  for (const { id, keys } of named) if (!plans.has(id)) plans.set(id, dayPlanOf(id, keys));
  let tally = emptyTally;
  const differing: SimulatedAccount[] = [];
  for (const { accountId, days } of accounts) {
    const outcome = simulateAccount(unpackDays(Buffer.from(days.buffer, days.byteOffset, days.byteLength), plans), cards);
    tally = addUp(tally, tallyOf(outcome));
    if (outcome === null || (outcome.differingDays === 0 && outcome.inForce.riskLevel === outcome.draft.riskLevel)) continue;
    const { inForce: now, draft: then, differingDays, bandChanges } = outcome;
    differing.push({ accountId, inForce: now, draft: then, differingDays, bandChanges, days: outcome.days });
  }
  return { tally, differing };
}

/** On Linux a thread has a priority of its own: whatever is scored live goes first. Elsewhere it runs like everybody. */
function stepBack(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (thread > 0) setPriority(thread, constants.priority.PRIORITY_LOW);
  } catch {
    // No Linux, or not allowed.
  }
}

parentPort!.on('message', (task: SimulationTask) => {
  try {
    parentPort!.postMessage(simulate(task));
  } catch (error) {
    parentPort!.postMessage({ fault: error instanceof Error ? error.message : String(error) } satisfies SimulationAnswer);
  }
});
