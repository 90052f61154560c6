import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { verdictOf } from './harness/figure.js';
import { tableOf } from './harness/table.js';
import { parseOptions, usage, type BenchOptions } from './options.js';
import { allRows } from './rows/all-rows.js';
import { Run } from './rows/row.js';

const options = readOptions();
if (options.help) {
  console.log(usage);
  process.exit();
}
mkdirSync(options.out, { recursive: true });
const startedAt = new Date();
let failed = false;
for (const kind of options.logs) {
  const run = new Run(kind, options, ({ id, title }) => console.error(`[${elapsed()}] ${kind} ${id} ${title}: measured`));
  for (const row of allRows) {
    if (!row.ids.some((id) => run.wants(id))) continue;
    try {
      await row.measure(run);
    } catch (error) {
      failed = true;
      console.error(`[${elapsed()}] ${kind} ${row.ids.join(', ')} could not be measured:`, error);
    }
  }
  failed ||= run.figures.some((figure) => verdictOf(figure) === 'void');
  const file = join(options.out, `${startedAt.toISOString().replaceAll(':', '-')}-${kind}.json`);
  writeFileSync(file, JSON.stringify({ log: kind, startedAt, rounds: options.rounds, quick: options.quick, node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, figures: run.figures }, null, 2));
  console.log(`\n## Log in ${kind === 'kafka' ? 'Kafka' : 'Postgres'}, ${options.rounds} rounds${options.quick ? ', quick (a third of the time each)' : ''}\n\n${tableOf(run.figures)}\n\nraw results: ${file}\n`);
}
process.exit(failed ? 1 : 0);

function elapsed(): string {
  return `${((Date.now() - startedAt.getTime()) / 1000).toFixed(0)} s`;
}

function readOptions(): BenchOptions {
  try {
    return parseOptions(process.argv.slice(2), allRows.flatMap(({ ids }) => ids));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}
