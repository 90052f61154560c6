import type { BacktestDifference } from '@perennial/health-scoring/domain/backtest/backtest-difference';
import { differenceLines } from './tell-difference.js';

interface SideCount { readonly from: string; readonly to: string; readonly accounts: number }
interface Alerts { readonly riskChanges: number; readonly toRed: number; readonly strikes: number; readonly threeStrikes: number }

/** What the service answers. */
export interface Simulation {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly state: 'queued' | 'running' | 'completed' | 'cancelled' | 'failed';
  readonly progress: { readonly done: number; readonly of: number };
  readonly error: string | null;
  readonly result: {
    readonly accounts: number;
    readonly withoutDays: number;
    readonly accountDays: number;
    readonly bands: readonly SideCount[];
    readonly riskLevels: readonly SideCount[];
    readonly differing: number;
    readonly newlyUnknown: number;
    readonly noLongerUnknown: number;
    readonly weeks: readonly { readonly week: string; readonly inForce: Alerts; readonly draft: Alerts }[];
    readonly backtest: BacktestDifference | null;
    /** A service of before does not say. */
    readonly noBacktest?: string | null;
    readonly unanswered: readonly { readonly side: 'inForce' | 'draft'; readonly path: string; readonly text: string; readonly accounts: number; readonly accountDays: number }[];
  } | null;
}
export interface SimulatedAccount {
  readonly id: string;
  readonly inForce: { readonly band: string; readonly healthScore: number | null };
  readonly draft: { readonly band: string; readonly healthScore: number | null };
}

const levels = ['green', 'amber', 'red', 'unknown'];
const told = (count: number): string => count.toLocaleString('en-US');

/** Columns as wide as what is in them; the first to the left, numbers to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')}`.trimEnd());
}

/** The lines of a finished simulation's result. */
export function simulationLines({ from, to, result }: Simulation, newlyUnknown: readonly SimulatedAccount[]): string[] {
  if (result === null) return [];
  const { accounts, withoutDays, accountDays, bands, riskLevels, differing, noLongerUnknown, weeks, unanswered } = result;
  const lines = [`${told(accounts)} accounts, ${told(accountDays)} account-days from ${from} to ${to}${withoutDays === 0 ? '' : `; of ${told(withoutDays)} more accounts no day is kept`}`];
  if (accounts === 0) return lines;
  for (const [what, counts] of [['bands', bands], ['risk levels', riskLevels]] as const) lines.push('', `${what} on the last day, by what is in force (down) and by the draft (across)`, ...across(counts));
  lines.push('', `${told(differing)} accounts have another band on any day; ${told(result.newlyUnknown)} become unknown, ${told(noLongerUnknown)} no longer are`);
  for (const { id, inForce } of newlyUnknown) lines.push(`  ${id} (${inForce.band}, ${inForce.healthScore ?? 'no score'})`);
  if (result.newlyUnknown > newlyUnknown.length) lines.push(`  and ${told(result.newlyUnknown - newlyUnknown.length)} more`);
  lines.push('', 'alerts a week, in force -> draft', ...alerts(weeks));
  lines.push(...differenceLines(result.backtest));
  if (typeof result.noBacktest === 'string') lines.push('', `whether it would have warned cannot be told: ${result.noBacktest}`);
  if (unanswered.length > 0) lines.push('', 'what the kept days cannot answer');
  for (const { side, path, text, accounts: ofAccounts, accountDays: ofDays } of unanswered) lines.push(`  ${path}${side === 'draft' ? '' : ' (in force)'}: ${text} (${told(ofAccounts)} accounts, ${told(ofDays)} account-days)`);
  return lines;
}

function across(counts: readonly SideCount[]): string[] {
  const count = (from: string, to: string): string => told(counts.find((one) => one.from === from && one.to === to)?.accounts ?? 0);
  return table([['', ...levels], ...levels.map((from) => [from, ...levels.map((to) => count(from, to))])]);
}

function alerts(weeks: NonNullable<Simulation['result']>['weeks']): string[] {
  const sums = ['riskChanges', 'toRed', 'strikes', 'threeStrikes'] as const;
  const row = (name: string, of: (side: 'inForce' | 'draft', field: (typeof sums)[number]) => number): string[] => [name, ...sums.map((field) => `${told(of('inForce', field))} -> ${told(of('draft', field))}`)];
  const total = row('in all', (side, field) => weeks.reduce((sum, week) => sum + week[side][field], 0));
  return table([['week', 'risk changes', 'to red', 'strikes', 'three strikes'], ...weeks.map((week) => row(week.week, (side, field) => week[side][field])), total]);
}
