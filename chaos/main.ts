import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFirstStart } from '@perennial/testing/first-start';
import { findJava } from '@perennial/testing/kafka-jars';
import type { Cell } from './cell.js';
import { allCells } from './cells/all-cells.js';
import { parseOptions, usage, type ChaosOptions } from './options.js';
import { runCell, type CellResult } from './run-cell.js';
import { pickForSuite } from './suite.js';
import { stopSharedPostgres } from './system/kafka-system.js';
import type { LogKind } from './system/system.js';

const results = join(import.meta.dirname, 'results');

interface Job {
  readonly cell: Cell;
  readonly log: LogKind;
  readonly seed: number;
  readonly beside: ChaosOptions['beside'];
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
process.exitCode = await main();
// A connection of some client that is away must not keep a finished run alive.
process.exit();

async function main(): Promise<number> {
  let options: ChaosOptions;
  try {
    options = parseOptions(process.argv.slice(2), allCells, Date.now());
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  if (options.help) console.log(usage);
  else if (options.list) for (const cell of options.cells) console.log(`${cell.id.padEnd(36)} ${cell.logs.join(', ')}`);
  else return run(options);
  return 0;
}

async function run({ seeds, cells, log, suite, resume, beside, counts: countsFile }: ChaosOptions): Promise<number> {
  const [firstSeed = 0] = seeds;
  const picked = suite ? pickForSuite(cells, firstSeed) : seeds.flatMap((seed) => cells.flatMap((cell) => cell.logs.map((one) => ({ cell, log: one, seed }))));
  const all: readonly Job[] = picked.map((one) => ({ ...one, beside }));
  const java = await findJava(process.env);
  mkdirSync(results, { recursive: true });
  console.log(`seed ${firstSeed}\n${line(['cell', 'log', 'seed', 'accepted', 'lost', 'doubled', 'oracle', 'lag', 'seconds', 'verdict'])}`);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const jobs = all.filter((job) => log === null || job.log === log);
  if (jobs.some((job) => job.log === 'postgres')) await makeFirstStart(join(import.meta.dirname, '../apps/cli/bin/perennial.js'));
  const work = async (job: Job): Promise<void> => {
    const missing = job.log === 'kafka' && 'missing' in java ? java.missing : job.cell.needsRoot && process.getuid?.() !== 0 ? 'needs root' : null;
    if (missing !== null) {
      counts.skipped++;
      console.log(`${line([job.cell.id, job.log, job.seed])} skipped: ${missing}`);
      return;
    }
    const known = resume ? earlier(job) : null;
    const result = known ?? (await runCell(job.cell, job.log, job.seed, job.beside));
    if (!known) writeFileSync(fileOf(job), `${JSON.stringify(result, null, 2)}\n`);
    counts[result.verdict === 'ok' ? 'passed' : 'failed']++;
    show(result, job);
    // After each, so that a run that is ended early still tells what it saw.
    if (countsFile) writeFileSync(countsFile, JSON.stringify(counts));
  };
  // The quick part has a cell of either log under way: much of a cell is waiting, and the two share nothing.
  const lanes = suite ? [...Map.groupBy(jobs, (job) => job.log).values()] : [jobs];
  await Promise.all(lanes.map(async (lane) => {
    for (const job of lane) await work(job);
  }));
  await stopSharedPostgres();
  console.log(`\ncells: ${counts.passed} held, ${counts.failed} failed, ${counts.skipped} skipped; results in chaos/results`);
  if (countsFile) writeFileSync(countsFile, JSON.stringify(counts));
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

function fileOf({ cell, log, seed, beside }: Job): string {
  return join(results, `${cell.id}.${log}.${seed}${beside === null ? '' : `.${beside}`}.json`);
}

/** The result of a run before; only one that held is not run again. */
function earlier(job: Job): CellResult | null {
  if (!existsSync(fileOf(job))) return null;
  const result = JSON.parse(readFileSync(fileOf(job), 'utf8')) as CellResult;
  return result.verdict === 'ok' ? result : null;
}

function show(result: CellResult, { beside }: Job): void {
  const found = result.checked ? [result.lost, result.doubled, result.oracle, result.lag] : ['-', '-', '-', '-'];
  console.log(line([result.cell, result.log, result.seed, result.accepted, ...found, result.seconds, result.verdict]));
  if (result.verdict === 'ok') return;
  for (const fault of result.faults) console.log(`    ${fault.split('\n').join('\n    ')}`);
  console.log(`    again: npm run chaos -- --only ${result.cell} --log ${result.log} --seed ${result.seed}${beside === null ? '' : ` --beside ${beside}`}`);
}

function line(cells: readonly (string | number)[]): string {
  const widths = [36, 9, 8, 9, 6, 8, 7, 5, 8, 8];
  return cells.map((cell, at) => (at < 2 ? String(cell).padEnd(widths[at] ?? 8) : String(cell).padStart(widths[at] ?? 8))).join(' ');
}
