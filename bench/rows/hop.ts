import type { Hops } from '../fold/hop-service.js';
import { quantile, spreadOf } from '../harness/spread.js';
import { told } from '../harness/table.js';
import type { Row } from './row.js';

const perSecond = 100;
const windowMs = 5_000;

/** G13: one hop between services. */
export const hop: Row = {
  ids: ['G13'],
  async measure(run) {
    await using around = await run.surroundings();
    const service = around.child('service');
    await service.call('start', { service: 'hop', log: await around.newLog() });
    await service.call<Hops>('hops', { perSecond, forMs: 2_000, run: 'warm-up' });
    const windows: { p50: number; p99: number }[] = [];
    let lost = 0;
    for (let round = 0; round < run.options.rounds; round++) {
      const { latencies, published, handled } = await service.call<Hops>('hops', { perSecond, forMs: run.ms(windowMs), run: `round-${round}` });
      const sorted = latencies.sort((a, b) => a - b);
      windows.push({ p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) });
      lost += published - handled;
    }
    run.tell({
      id: 'G13', title: `outbox commit to next handler, at ${perSecond}/s`, unit: 'ms p99', better: 'lower', gate: 60, goal: 15,
      value: spreadOf(windows.map(({ p99 }) => p99)), detail: `p50 ${told(spreadOf(windows.map(({ p50 }) => p50)).median)} ms`,
      void: lost === 0 ? null : `${lost} events were not handled exactly once`, raw: windows,
    });
  },
};
