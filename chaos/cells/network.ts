import { setTimeout as sleep } from 'node:timers/promises';
import type { Cell, CellContext } from '../cell.js';
import { TcpProxy } from '../faults/tcp-proxy.js';
import { kafkaOf } from './broker.js';

const storms = ['cut', 'slow', 'half-open'] as const;
type Storm = (typeof storms)[number];
const stormMs: Readonly<Record<Storm, number>> = { cut: 20_000, slow: 10_000, 'half-open': 20_000 };

async function storm({ load, random }: CellContext, way: TcpProxy, weather: Storm): Promise<void> {
  await load.reaches(random.between(15, 40) / 100);
  way.become(weather);
  await sleep(stormMs[weather]);
  way.become('clear');
}

const between = (weather: Storm, which: 'kafka' | 'postgres'): Cell => ({
  id: `6-${which === 'kafka' ? 'broker' : 'database'}-${weather}`,
  logs: ['kafka'],
  system: { throughProxies: true },
  run: (context) => storm(context, kafkaOf(context).proxies[which], weather),
});

/** One process has no network inside it; its callers do. */
const callers = (weather: Storm): Cell => ({
  id: `6-callers-${weather}`,
  logs: ['postgres'],
  async prepare({ system, load }) {
    const way = await TcpProxy.start();
    const { hostname, port } = new URL(system.url);
    way.forwardTo({ host: hostname, port: Number(port) });
    load.via = `http://127.0.0.1:${way.port}`;
    ways.set(load, way);
  },
  async run(context) {
    await storm(context, ways.get(context.load)!, weather);
  },
  async afterwards({ load }) {
    await ways.get(load)?.close();
  },
});

const ways = new WeakMap<object, TcpProxy>();

export const networkCells: readonly Cell[] = [...storms.flatMap((weather) => [between(weather, 'kafka'), between(weather, 'postgres')]), ...storms.map(callers)];
