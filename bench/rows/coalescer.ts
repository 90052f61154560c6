import { alternate, type Measured } from '../harness/figure.js';
import { TopicLedger } from '../harness/topic-ledger.js';
import { made } from './edge.js';
import type { Row } from './row.js';

const callers = 500;
const windowMs = 3_000;

/** G3: many callers with one record each, joined into few sends or each with its own. */
export const coalescer: Row = {
  ids: ['G3'],
  async measure(run) {
    await using around = await run.surroundings();
    const settings = await around.newLog();
    const append = around.child('append');
    await append.call('start', { settings });
    const log = await around.open(settings);
    const ledger = new TopicLedger(log, 'bench-append');
    const measured = async (coalesced: boolean): Promise<Measured> => {
      await ledger.skip();
      const { rate, ids } = await append.call<{ rate: number; ids: string[] }>('rate', { coalesced, callers, forMs: run.ms(windowMs) });
      return { value: rate, fault: await ledger.fault(ids) };
    };
    try {
      await measured(false);
      await measured(true);
      const result = await alternate(run.options.rounds, () => measured(false), () => measured(true));
      run.tell({ id: 'G3', title: `coalescer, ${callers} callers with one record each`, unit: 'x without', better: 'higher', gate: 8, goal: 15, value: result.ratio, detail: made(result, 'records/s'), void: result.void, raw: result.raw });
    } finally {
      await log.close();
    }
  },
};
