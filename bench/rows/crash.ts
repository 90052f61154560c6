import { setTimeout as sleep } from 'node:timers/promises';
import { signalsTopic } from '@perennial/contracts/topics';
import { ask } from '../harness/ask.js';
import type { Measured } from '../harness/figure.js';
import { faultOf, repeated } from '../harness/figure.js';
import { spreadOf } from '../harness/spread.js';
import { SignalStream } from '../load/signal-stream.js';
import type { Started } from '../processes/service.js';
import type { Row, Run } from './row.js';

const everyMs = 50;
const perAppend = 10;
const loadMs = 3_000;
const giveUpMs = 60_000;
/** Session of a consumer group, and three seconds. */
const gateSeconds = 15;

/** G12: the scorer is killed under load and started again at once. */
export const crash: Row = {
  ids: ['G12'],
  async measure(run) {
    const all = await repeated(run.options.quick ? 1 : 2, () => once(run));
    run.tell({ id: 'G12', title: 'kill -9 of the scorer under load: first new effect', unit: 's', better: 'lower', gate: gateSeconds, goal: null, value: spreadOf(all.map(({ value }) => value)), detail: 'the new process starts at the kill', void: faultOf(all), raw: all });
  },
};

async function once(run: Run): Promise<Measured> {
  await using around = await run.surroundings();
  const settings = await around.newLog();
  const first = around.child('service', false);
  const { databaseUrl } = await first.call<Started>('start', { service: 'health-scoring', log: settings });
  const log = await around.open(settings);
  try {
    const stream = new SignalStream({ kind: 'signals', topic: signalsTopic.name, accounts: 1_000 });
    let going = true;
    const load = (async () => {
      for (; going; await sleep(everyMs)) await stream.append(log, perAppend);
    })();
    await sleep(loadMs);
    first.kill();
    const killedAt = performance.now();
    // A commit that was on its way may still happen.
    await sleep(100);
    const before = await applied(databaseUrl);
    const second = around.child('service', false);
    await second.call('start', { service: 'health-scoring', log: settings, databaseUrl });
    while ((await applied(databaseUrl)) === before && performance.now() - killedAt < giveUpMs) await sleep(20);
    const seconds = (performance.now() - killedAt) / 1000;
    going = false;
    await load;
    const { records } = stream.totals();
    // By versions: a send that was repeated takes offsets twice.
    let found = 0;
    for (const end = performance.now() + giveUpMs; found < records && performance.now() < end; await sleep(100)) found = await versions(databaseUrl);
    // What is applied twice comes soon after.
    await sleep(1_000);
    found = await versions(databaseUrl);
    return { value: seconds, fault: found === records ? null : `${found} of ${records} signals were applied` };
  } finally {
    await log.close();
  }
}

async function applied(databaseUrl: string): Promise<number> {
  const [row] = await ask<{ applied: string | null }>(databaseUrl, 'SELECT sum(next_offset) AS applied FROM messaging_offset WHERE topic = $1', [signalsTopic.name]);
  return Number(row?.applied ?? 0);
}

async function versions(databaseUrl: string): Promise<number> {
  const [row] = await ask<{ versions: string | null }>(databaseUrl, 'SELECT sum(version) AS versions FROM messaging_seen WHERE topic = $1', [signalsTopic.name]);
  return Number(row?.versions ?? 0);
}
