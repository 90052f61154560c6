import { parseArgs } from 'node:util';
import type { Cell } from './cell.js';
import type { LogKind } from './system/system.js';

export interface ChaosOptions {
  readonly seeds: readonly number[];
  readonly log: LogKind | null;
  /** The cells wished for, in the order of the matrix. */
  readonly cells: readonly Cell[];
  readonly resume: boolean;
  /** What runs over and over while a cell does. */
  readonly beside: 'backtests' | null;
  readonly suite: boolean;
  /** File for the counts of a run, as JSON; for programs. */
  readonly counts: string | null;
  readonly help: boolean;
  readonly list: boolean;
}

export const usage = `npm run chaos -- [--seeds N] [--seed S] [--only CELL[,CELL]] [--log kafka|postgres] [--beside backtests] [--resume] [--list]
  --seeds N   each cell with N seeds (default 1)
  --seed S    the first seed (default: by the clock); the same seed repeats a cell
  --only      cells whose id begins with this, or all of a number, e.g. 1, 5-deadlock, 1-relay, 1-relay.after-send
  --beside    backtests of a scorecard are asked for over and over while each cell runs
  --resume    leaves out what the results folder has as passed
  --suite     the part that npm test runs, chosen by the seed
  --list      names the cells and the logs they run on`;

/** Throws an error with words for whoever typed it. */
export function parseOptions(args: readonly string[], all: readonly Cell[], now: number): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '1' }, seed: { type: 'string', default: String(now % 1_000_000) }, only: { type: 'string' }, log: { type: 'string' }, beside: { type: 'string' },
      resume: { type: 'boolean', default: false }, suite: { type: 'boolean', default: false }, counts: { type: 'string' },
      help: { type: 'boolean', default: false }, list: { type: 'boolean', default: false },
    },
  });
  const { log } = values;
  if (log !== undefined && log !== 'kafka' && log !== 'postgres') throw new Error(`--log must be kafka or postgres, not ${log}`);
  const { beside = null } = values;
  if (beside !== null && beside !== 'backtests') throw new Error(`--beside must be backtests, not ${beside}`);
  const first = wholeNumber('--seed', values.seed, 0);
  const seeds = Array.from({ length: wholeNumber('--seeds', values.seeds, 1) }, (_, at) => first + at);
  const { resume, suite, help, list, counts = null } = values;
  if (suite && values.only !== undefined) throw new Error('--suite chooses its cells by the seed: leave out --only');
  const cells = chosen(all, values.only);
  if (log !== undefined && !cells.some((cell) => cell.logs.includes(log))) throw new Error(`none of ${cells.map(({ id }) => id).join(', ')} is for the log ${log}`);
  return { seeds, log: log ?? null, cells, resume, beside, suite, counts, help, list };
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw new Error(`${name} must be a whole number from ${least}, not ${text}`);
  return value;
}

function chosen(all: readonly Cell[], only: string | undefined): readonly Cell[] {
  if (only === undefined) return all;
  const wishes = only.split(',').map((wish) => wish.trim());
  const fits = (cell: Cell, wish: string): boolean => cell.id === wish || cell.id.startsWith(wish.includes('-') ? wish : `${wish}-`);
  const parts = all.flatMap((cell) => cell.parts ?? []);
  for (const wish of wishes) {
    if (![...all, ...parts].some((cell) => fits(cell, wish))) throw new Error(`no cell is called ${wish}; there are ${all.map(({ id }) => id).join(', ')}`);
  }
  return [...all.filter((cell) => wishes.some((wish) => fits(cell, wish))), ...parts.filter(({ id }) => wishes.includes(id))];
}
