import type { Cell } from './cell.js';
import { Random } from '@perennial/testing/random';
import type { LogKind } from './system/system.js';

/** The kill points that are each service's own; renewal-forecasting has those that all share. */
const killPoints = [['1-edge', '1-ingestion'], ['1-scoring', '1-sweep'], ['1-relay'], ['1-playbooks'], ['1-notifications']] as const;
const moreCells = 6;
/** Too long for a quick suite; the whole matrix has them. */
const long = /^(3-broker-away-60-s|7-|10-|14-|8-frozen)/;

/** One kill point of each service and six other cells, each on one log, all by the seed. */
export function pickForSuite(cells: readonly Cell[], seed: number): { cell: Cell; log: LogKind; seed: number }[] {
  const random = new Random(seed);
  const named = (id: string): Cell => cells.find((cell) => cell.id === id)!;
  const own = killPoints.map((ids) => random.pick<string>(ids)).map((id) => random.pick(named(id).parts ?? [named(id)]));
  const others = random.shuffled(cells.filter(({ id, needsRoot }) => !id.startsWith('1-') && !needsRoot && !long.test(id))).slice(0, moreCells);
  return [...own, ...others].map((cell) => ({ cell, log: random.pick(cell.logs), seed }));
}
