import type { BacktestDifference } from '../../domain/backtest/backtest-difference.js';
import type { NumberedDocument } from '../../domain/simulation/simulated-cards.js';
import type { Tally } from '../../domain/simulation/tally.js';
import type { EpochDay } from '../../domain/time/day.js';

/** What a simulation judges by. */
export interface SimulationSetup {
  readonly inForce: readonly NumberedDocument[];
  readonly draft: NumberedDocument;
  /** Revisions that judged days. */
  readonly judged: readonly NumberedDocument[];
}

/** Accounts after `after`, until the time is up. */
export interface SimulationTask {
  readonly from: EpochDay;
  readonly to: EpochDay;
  readonly after: string | null;
  readonly forMs: number;
  /** Of the time it leaves so much to whoever else wants the machine; below 1. */
  readonly restShare: number;
}

/** Something of one account, as JSON. */
export interface AccountJson {
  readonly accountId: string;
  readonly json: string;
}

/** What some accounts came to. */
export interface SimulatedPart {
  readonly tally: Tally;
  /** The last one of them; null: there are none. */
  readonly last: string | null;
  /** No account comes after. */
  readonly isOver: boolean;
  /** Of those that differ what `SimulatedAccount` has besides the id. */
  readonly differing: readonly AccountJson[];
  /** `PairedTerm[]` of those with terms whose end is known. */
  readonly terms: readonly AccountJson[];
}

/** These documents, or the days they are to judge, are beyond this version of the software: trying again is of no use. */
export class SimulationImpossible extends Error {
  override readonly name = 'SimulationImpossible';
}

/** Judges beside everything else, so that no signal waits for a simulation. One at a time. */
export abstract class Simulator {
  /** True when it is set up for the simulation. */
  abstract isOpen(id: string): boolean;
  abstract start(id: string, setup: SimulationSetup): Promise<void>;
  /** Throws SimulationImpossible, and whatever else may go better next time; after that it may need a start. */
  abstract run(task: SimulationTask): Promise<SimulatedPart>;
  /** Both sides held against how terms ended, once all accounts are through. Throws as `run` does. */
  abstract difference(): Promise<BacktestDifference>;
  abstract end(): Promise<void>;
}
