import type { SimulatedAccount, Simulation } from '../application/simulations/simulation-store.js';
import type { Tally, Unanswered } from '../domain/simulation/tally.js';
import { isoDay } from '../domain/time/day.js';
import { words } from '../domain/words.js';
import type { SideCount, SimulatedAccountView, SimulationResult, SimulationView, UnansweredView } from './simulation.dto.js';

/** The most frequent first. */
const countsOf = (counts: Readonly<Record<string, number>>): SideCount[] =>
  Object.entries(counts)
    .map(([way, accounts]) => ({ from: way.split('>')[0]!, to: way.split('>')[1]!, accounts }))
    .sort((a, b) => b.accounts - a.accounts || (a.from + a.to < b.from + b.to ? -1 : 1));

const unansweredOf = (side: 'inForce' | 'draft', found: Readonly<Record<string, Unanswered>>): UnansweredView[] =>
  Object.entries(found)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, counts]) => ({ side, path, text: path.startsWith('measures.') ? words.simulation.unreadMeasure : words.simulation.otherIndicator, ...counts }));

function resultOf({ weeks, bands, riskLevels, unanswered, ...counts }: Tally, backtest: Simulation['difference'], noBacktest: string | null): SimulationResult {
  return {
    ...counts, bands: countsOf(bands), riskLevels: countsOf(riskLevels),
    weeks: Object.entries(weeks).sort(([a], [b]) => (a < b ? -1 : 1)).map(([week, alerts]) => ({ week, ...alerts })),
    backtest, noBacktest,
    unanswered: [...unansweredOf('draft', unanswered.draft), ...unansweredOf('inForce', unanswered.inForce)],
  };
}

export function simulationViewOf({ id, scorecardId, revision, from, to, state, accounts, tally, difference, fault, createdAt, createdBy, startedAt, endedAt }: Simulation): SimulationView {
  return {
    id, scorecardId, revision, from: isoDay(from), to: isoDay(to), state, progress: { done: tally.accounts + tally.withoutDays, of: accounts }, error: state === 'completed' ? null : fault, createdAt: createdAt.toISOString(), createdBy,
    startedAt: startedAt?.toISOString() ?? null, endedAt: endedAt?.toISOString() ?? null, result: state === 'completed' ? resultOf(tally, difference, fault) : null,
  };
}

export const simulatedAccountViewOf = ({ accountId, ...outcome }: SimulatedAccount): SimulatedAccountView => ({ id: accountId, ...outcome });
