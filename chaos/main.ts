import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findJava } from '@perennial/testing/kafka-jars';
import type { Cell } from './cell.js';
import { allCells } from './cells/all-cells.js';
import { runCell, type CellResult } from './run-cell.js';
import { pickForSuite } from './suite.js';
import { stopSharedPostgres } from './system/kafka-system.js';
import type { LogKind } from './system/system.js';

const usage = `npm run chaos -- [--seeds N] [--seed S] [--only CELL[,CELL]] [--log kafka|postgres] [--resume]
  --seeds N   each cell with N seeds (default 1)
  --seed S    the first seed (default: by the clock); the same seed repeats a cell
  --only      cells whose id begins with this, e.g. 1, 5-deadlock, 1-relay.after-send
  --resume    leaves out what the results folder has as passed
  --suite     the part that npm test runs, chosen by the seed`;

const results = join(import.meta.dirname, 'results');

interface Job {
  readonly cell: Cell;
  readonly log: LogKind;
  readonly seed: number;
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' }, seed: { type: 'string' }, only: { type: 'string' }, log: { type: 'string' },
    resume: { type: 'boolean', default: false }, suite: { type: 'boolean', default: false }, counts: { type: 'string' }, help: { type: 'boolean', default: false },
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
process.exitCode = values.help ? help() : await main();
// A connection of some client that is away must not keep a finished run alive.
process.exit();

function help(): number {
  console.log(usage);
  return 0;
}

async function main(): Promise<number> {
  const firstSeed = Number(values.seed ?? Date.now() % 1_000_000);
  const only = values.only?.split(',') ?? [];
  if (!['kafka', 'postgres', undefined].includes(values.log) || Number.isNaN(firstSeed)) {
    console.error(usage);
    return 2;
  }
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => firstSeed + i);
  const jobs = (values.suite ? pickForSuite(allCells, firstSeed) : seeds.flatMap((seed) => allCells.flatMap((cell) => cell.logs.map((log) => ({ cell, log, seed })))))
    .filter(({ cell, log }) => (only.length === 0 || only.some((wish) => cell.id === wish || cell.id.startsWith(wish.includes('-') ? wish : `${wish}-`))) && (values.log === undefined || log === values.log));
  const java = await findJava(process.env);
  mkdirSync(results, { recursive: true });
  console.log(`seed ${firstSeed}\n${line(['cell', 'log', 'seed', 'accepted', 'lost', 'doubled', 'oracle', 'lag', 'seconds', 'verdict'])}`);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const job of jobs) {
    const known = values.resume ? earlier(job) : null;
    if (job.log === 'kafka' && 'missing' in java) {
      counts.skipped++;
      console.log(`${line([job.cell.id, job.log, job.seed])} skipped: ${java.missing}`);
      continue;
    }
    const result = known ?? (await runCell(job.cell, job.log, job.seed));
    if (!known) writeFileSync(fileOf(job), `${JSON.stringify(result, null, 2)}\n`);
    counts[result.verdict === 'ok' ? 'passed' : 'failed']++;
    show(result);
    // After each, so that a run that is ended early still tells what it saw.
    if (values.counts) writeFileSync(values.counts, JSON.stringify(counts));
  }
  await stopSharedPostgres();
  console.log(`\n${counts.passed} cells held, ${counts.failed} failed, ${counts.skipped} skipped; results in chaos/results`);
  if (values.counts) writeFileSync(values.counts, JSON.stringify(counts));
  return counts.failed === 0 ? 0 : 1;
}

function fileOf({ cell, log, seed }: Job): string {
  return join(results, `${cell.id}.${log}.${seed}.json`);
}

/** The result of a run before; only one that held is not run again. */
function earlier(job: Job): CellResult | null {
  if (!existsSync(fileOf(job))) return null;
  const result = JSON.parse(readFileSync(fileOf(job), 'utf8')) as CellResult;
  return result.verdict === 'ok' ? result : null;
}

function show(result: CellResult): void {
  console.log(line([result.cell, result.log, result.seed, result.accepted, result.lost, result.doubled, result.oracle, result.lag, result.seconds, result.verdict]));
  if (result.verdict === 'ok') return;
  for (const fault of result.faults) console.log(`    ${fault.split('\n').join('\n    ')}`);
  console.log(`    again: npm run chaos -- --only ${result.cell} --log ${result.log} --seed ${result.seed}`);
}

function line(cells: readonly (string | number)[]): string {
  const widths = [36, 9, 8, 9, 6, 8, 7, 5, 8, 8];
  return cells.map((cell, at) => (at < 2 ? String(cell).padEnd(widths[at] ?? 8) : String(cell).padStart(widths[at] ?? 8))).join(' ');
}
