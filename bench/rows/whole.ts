import { setTimeout as sleep } from 'node:timers/promises';
import { PerennialUp } from '../harness/perennial-up.js';
import { cpuOf, memoryOf } from '../harness/processes.js';
import { spreadOf } from '../harness/spread.js';
import { told } from '../harness/table.js';
import { openLoop, refusalFault } from '../load/http-load.js';
import { SegmentCalls } from '../load/segment-calls.js';
import { signalsApplied } from './scored.js';
import type { Row, Run } from './row.js';

const quietMs = 10_000;
const idleMs = 15_000;
const loadMs = 10_000;
const loadPerSecond = 300;

/** G16, G17: what the whole system costs to start, to keep and to load. */
export const whole: Row = {
  ids: ['G16', 'G17'],
  async measure(run) {
    await using around = await run.surroundings();
    const brokers = run.kind === 'kafka' ? around.brokers : null;
    const first: number[] = [];
    const later: number[] = [];
    for (let round = 1; round < run.fewRounds; round++) {
      await using system = PerennialUp.on(brokers, run.options.env);
      first.push(await system.start());
    }
    await using system = PerennialUp.on(brokers, run.options.env);
    first.push(await system.start());
    for (let round = 0; round < run.options.rounds; round++) {
      await system.stop();
      later.push(await system.start());
    }
    if (run.wants('G17')) {
      run.tell({ id: 'G17', title: 'perennial up, first start', unit: 's', better: 'lower', gate: 8, goal: 4, value: spreadOf(first), detail: 'process start to ready', void: null, raw: first });
      run.tell({ id: 'G17', title: 'perennial up, later starts', unit: 's', better: 'lower', gate: 2.5, goal: 1.4, value: spreadOf(later), detail: 'process start to ready', void: null, raw: later });
    }
    if (run.wants('G16')) await idle(run, system);
    if (run.wants('G17')) await loaded(run, system);
  },
};

async function idle(run: Run, system: PerennialUp): Promise<void> {
  const bounds = run.kind === 'kafka' ? { gate: 6, goal: 3 } : { gate: 1.5, goal: 0.5 };
  await sleep(quietMs);
  const shares: number[] = [];
  for (let round = 0; round < run.fewRounds; round++) {
    const before = cpuOf(system.pid);
    await sleep(run.ms(idleMs));
    shares.push(((cpuOf(system.pid) - before) * 100_000) / run.ms(idleMs));
  }
  run.tell({ id: 'G16', title: 'idle, all services', unit: '% of a core', better: 'lower', ...bounds, value: spreadOf(shares), detail: 'Node and Postgres', void: null, raw: shares });
}

async function loaded(run: Run, system: PerennialUp): Promise<void> {
  const url = new URL(system.ready.url);
  const calls = new SegmentCalls(url, system.ready.writeKey, 'memory', 1_000);
  const sizes: number[] = [];
  const timer = setInterval(() => sizes.push(memoryOf(system.pid)), 500);
  const load = await openLoop(url, loadPerSecond, run.ms(loadMs), 64, () => calls.single());
  clearInterval(timer);
  const applied = await signalsApplied(system, load.accepted.length);
  run.tell({
    id: 'G17', title: `memory of all processes at ${loadPerSecond} events/s`, unit: 'MB', better: 'lower', gate: 450, goal: 260, value: spreadOf([Math.max(...sizes)]),
    detail: `proportional; ${told(sizes[0] ?? NaN)} MB at its beginning`, void: refusalFault(load) ?? (applied === load.accepted.length ? null : `${applied} of ${load.accepted.length} events were scored`), raw: sizes,
  });
}
