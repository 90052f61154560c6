import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { scorecardsTopic } from '@perennial/contracts/topics';
import { parseScrape, total } from '@perennial/testing/prometheus-text';
import { both, type Cell, type CellContext } from '../cell.js';
import { eventsOf, once, storedEffects, verdictOf } from '../check/effects.js';
import { publishOtherWeights, weighed } from '../faults/other-weights.js';
import { replicaOf } from '../faults/replica.js';
import type { ServiceProcess } from '../system/service-process.js';

const newer = { NODE_OPTIONS: `--import ${join(import.meta.dirname, '../faults/next-version.mjs')}` };

/** Revisions of the scorecard before and after the publication, by cell. */
const publications = new WeakMap<CellContext, Awaited<ReturnType<typeof publishOtherWeights>>>();

export const rollingRestartCells: readonly Cell[] = [
  {
    id: '16-rolling-restart-with-migration',
    logs: both,
    seconds: 14,
    async run(context) {
      await context.load.reaches(0.1);
      // The new version runs beside the old one for a while, on tables that it has widened.
      if (context.system.log === 'kafka') await sideBySide(context, () => sleep(3_000));
      await restartAsNewer(context);
    },
  },
  {
    id: '16-rolling-restart-with-scorecard',
    logs: both,
    seconds: 20,
    async prepare({ load }) {
      load.hold(0.3);
    },
    async run(context) {
      const { load, note, fail } = context;
      await load.reaches(0.1);
      await sideBySide(context, async (replica) => {
        // Signals are under way before the publication and after it, and both versions take them.
        load.hold(0.7);
        await load.reaches(0.45);
        const published = await publishOtherWeights(context);
        publications.set(context, published);
        note(`revision ${published.now} of ${weighed} took the place of ${published.before} at ${Math.round(load.progress * 100)} % of the load`);
        await load.reaches(0.6);
        const scored = await verdictsBy(replica);
        if (scored === 0) fail('the second replica scored nothing');
        note(`${scored} verdicts are the second replica's`);
      });
      load.hold(1);
      await restartAsNewer(context);
    },
    afterwards: checkRollout,
  },
];

async function sideBySide({ system, fail }: CellContext, meanwhile: (replica: ServiceProcess) => Promise<unknown>): Promise<void> {
  const replica = await replicaOf(system, 'health-scoring');
  try {
    await replica.startUntilReady(newer);
    await meanwhile(replica);
  } catch (error) {
    await replica.terminate().catch((later: unknown) => fail(`stopping the second replica: ${String(later)}`));
    throw error;
  }
  await replica.terminate();
}

/** How many verdicts a process has given since its start. */
async function verdictsBy(replica: ServiceProcess): Promise<number> {
  const { url } = JSON.parse(await replica.firstLine) as { url: string };
  const scrape = parseScrape(await (await fetch(`${url}/metrics`)).text());
  return total(scrape, 'perennial_verdicts_total') || 0;
}

async function restartAsNewer({ system, random, fail }: CellContext): Promise<void> {
  for (const name of random.shuffled([...system.processes.keys()])) {
    await system.processes.get(name)!.terminate();
    await system.start(name, newer);
  }
  const [row] = await system.rows<{ n: string }>('health-scoring', `SELECT count(*) AS n FROM information_schema.columns WHERE table_name = 'portfolio' AND column_name = 'chaos_note'`);
  if (Number(row?.n) !== 1) fail('the migration of the new version was not applied');
}

/** The publication was told once, and it did change scores: else the oracle would agree with either revision. */
async function checkRollout(context: CellContext): Promise<void> {
  const { system, fail, note, openLog } = context;
  const { before, now } = publications.get(context)!;
  const told = once(await eventsOf(await openLog(), scorecardsTopic)).filter(({ key, event }) => key === weighed && event.data.revision === now);
  if (told.length !== 1) fail(`revision ${now} of ${weighed} was told ${told.length} times`);
  const verdicts = (await storedEffects(system)).scored.flatMap((row) => verdictOf(row) ?? []).filter(({ scorecard }) => scorecard.id === weighed);
  let moved = 0;
  for (const { accountId, asOf, rawScore } of verdicts) {
    const by = await system.must<{ rawScore: number | null }>('GET', `/api/v1/accounts/${accountId}/health/history/${asOf.slice(0, 10)}?scorecardId=${weighed}&revision=${before}`);
    if (by.rawScore !== rawScore) moved++;
  }
  if (moved === 0) fail(`no score of ${verdicts.length} is another one by revision ${now} than by ${before}`);
  note(`${moved} of ${verdicts.length} scores are others than by revision ${before}`);
}
