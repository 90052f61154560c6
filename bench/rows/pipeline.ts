import { compared, type Bounds, type Measured } from '../harness/figure.js';
import { PipelineStage } from '../harness/pipeline-stage.js';
import { spreadOf } from '../harness/spread.js';
import type { Surroundings } from '../harness/surroundings.js';
import { told } from '../harness/table.js';
import { made } from './edge.js';
import type { Row, Run } from './row.js';

const accounts = 100_000;
const foldEvents = 150_000;
const scoredEvents = 20_000;
const nestMs = 2_500;
/** What a chunk of the pipeline holds: 1 MB of these records. */
const chunk = 2_600;

interface Measurements {
  readonly raw: Measured[];
  readonly ceiling: Measured[];
  readonly nest: Measured[];
  readonly nestByRepository: Measured[];
  readonly fold: Measured[];
  readonly scored: Measured[];
  readonly hot: Measured[];
}

/** G4, G6, G7, G11: signals to states with exactly one effect each, against kafkajs alone, SQL alone, and Nest's own transport. */
export const pipeline: Row = {
  ids: ['G4', 'G6', 'G7', 'G11'],
  async measure(run) {
    await using around = await run.surroundings(run.wants('G4') || run.wants('G7'));
    const events = run.count(foldEvents);
    const parts = await startParts(run, around, events);
    const all: Measurements = { raw: [], ceiling: [], nest: [], nestByRepository: [], fold: [], scored: [], hot: [] };
    for (let round = 0; round < run.options.rounds; round++) for (const name of Object.keys(parts) as (keyof Measurements)[]) all[name].push(await parts[name]!());
    tell(run, 'G4', 'scoring pipeline, toy fold', 'raw', all, all.fold, { unit: 'x B3', better: 'higher', gate: 0.35, goal: 0.5 });
    tell(run, 'G4', 'the same with the full scorecard', 'raw', all, all.scored, { unit: 'x B3', better: 'higher', gate: null, goal: null });
    tell(run, 'G6', 'scoring pipeline, toy fold, against its SQL', 'ceiling', all, all.fold, { unit: 'x B5', better: 'higher', gate: 0.65, goal: 0.85 });
    tell(run, 'G7', 'scoring pipeline, toy fold, against Nest', 'nest', all, all.fold, { unit: 'x B6', better: 'higher', gate: 50, goal: 100 });
    tell(run, 'G7', 'the same, against Nest with a repository of TypeORM', 'nestByRepository', all, all.fold, { unit: 'x', better: 'higher', gate: null, goal: null });
    tell(run, 'G7', 'the same with the full scorecard', 'nest', all, all.scored, { unit: 'x B6', better: 'higher', gate: null, goal: null });
    tell(run, 'G11', 'one account is half of the traffic, toy fold', 'fold', all, all.hot, { unit: 'x uniform', better: 'higher', gate: 0.7, goal: 0.9 });
  },
};

/** What is measured in each round, warm: of every account there is a row before anything counts. */
async function startParts(run: Run, around: Surroundings, events: number): Promise<Partial<Record<keyof Measurements, () => Promise<Measured>>>> {
  const parts: Partial<Record<keyof Measurements, () => Promise<Measured>>> = {};
  const rate = async (value: Promise<number>): Promise<Measured> => ({ value: await value, fault: null });
  if (run.wants('G4') || run.wants('G7')) {
    const raw = around.child('raw-kafka', false);
    await raw.call('connect', { brokers: around.brokers });
    await raw.call('lay', { count: events });
    if (run.wants('G4')) parts.raw = () => rate(raw.call('readRate', { count: events }));
  }
  if (run.wants('G7')) {
    const nest = around.child('nest-kafka', false);
    await nest.call('start', { accounts });
    parts.nest = () => rate(nest.call('rate', { brokers: around.brokers, forMs: run.ms(nestMs), by: 'statements' }));
    parts.nestByRepository = () => rate(nest.call('rate', { brokers: around.brokers, forMs: run.ms(nestMs), by: 'repository' }));
  }
  if (run.wants('G6')) {
    const ceiling = around.child('sql-ceiling', false);
    await ceiling.call('start', { accounts });
    await ceiling.call('rate', { count: accounts * 2, chunk });
    parts.ceiling = () => rate(ceiling.call('rate', { count: events, chunk }));
  }
  const fold = await PipelineStage.start(around, 'fold-main');
  await fold.drain({ accounts }, accounts * 2);
  parts.fold = () => fold.drain({ accounts }, events);
  if (run.wants('G11')) {
    await fold.drain({ accounts, prefix: 'hot', hotShare: 0.5 }, accounts * 2);
    parts.hot = () => fold.drain({ accounts, prefix: 'hot', hotShare: 0.5 }, events);
  }
  if (run.wants('G4') || run.wants('G7')) {
    const scored = await PipelineStage.start(around, 'health-scoring');
    await scored.drain({ accounts }, run.count(accounts));
    parts.scored = () => scored.drain({ accounts }, run.count(scoredEvents));
  }
  return parts;
}

function tell(run: Run, id: string, title: string, baseline: Exclude<keyof Measurements, 'scored' | 'hot'>, all: Measurements, candidates: readonly Measured[], bounds: Bounds): void {
  if (!run.wants(id)) return;
  const result = compared(all[baseline], candidates);
  run.tell({ id, title, ...bounds, value: result.ratio, detail: `${made(result, 'events/s')}; ${cpuTold(candidates)}`, void: result.void, raw: result.raw });
}

/** CPU time of an event, by process: what stays true on a machine that others use too. */
export function cpuTold(all: readonly Measured[]): string {
  const of = (name: 'node' | 'postgres'): number => spreadOf(all.map(({ more }) => (more as CpuTimes).microsPerEvent[name])).median;
  return `${told(of('node'))} us Node and ${told(of('postgres'))} us Postgres an event`;
}

interface CpuTimes {
  readonly microsPerEvent: { readonly node: number; readonly postgres: number };
}
