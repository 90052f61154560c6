import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PerennialUp } from '../../bench/harness/perennial-up.js';
import { closedLoop, openLoop } from '../../bench/load/http-load.js';
import { SegmentCalls } from '../../bench/load/segment-calls.js';
import { heapOf, type HeapLook } from './heap.js';
import { growthPerTenMinutes, type Sample } from './slope.js';
import { SlowClients, type Kept } from './slow-clients.js';

const usage = `npm run prove:soak -- [--minutes 20] [--warm-up 5] [--only alone|beset]
  Starts \`perennial up\` on the Postgres log, finds the highest rate at which it takes events in batches, and sends at 60 % of
  that for so many minutes after the warm-up; then the same again with 10,000 idle sockets and 100 bodies that drip a byte a
  second. Fails where memory grows by 1 % or more per 10 minutes, an answer is neither 2xx nor 429, less than
  95 % of the events are taken, or a slow body is not cut. --only: one of the two.
  Linux only.`;
const [batch, connections, share, probeMs, sliceMs, sampleMs] = [100, 8, 0.6, 30_000, 15_000, 2_000];
const heapEveryMs = 30_000;
const [idleSockets, slowBodies] = [10_000, 100];
/** The server's 30 s for a request, and as long until it looks. */
const cutWithinMs = 65_000;
const mostGrowth = 0.01;
/** Memory that stays flat while next to nothing is taken shows nothing. */
const leastTaken = 0.95;

interface Phase {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly heap: readonly HeapLook[];
  readonly events: number;
  /** Events that should have been sent. */
  readonly planned: number;
  readonly refused: Readonly<Record<number, number>>;
  /** Latency of the answers, from when they were due, ms. */
  readonly p99: number;
  readonly slowest: number;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
process.exitCode = await main();
process.exit();

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { minutes: { type: 'string', default: '20' }, 'warm-up': { type: 'string', default: '5' }, only: { type: 'string' }, help: { type: 'boolean', default: false } } });
  const [minutes, warmUp] = [Number(values.minutes), Number(values['warm-up'])];
  const { only } = values;
  if (values.help || !(minutes > 0) || !(warmUp >= 0) || !(only === undefined || only === 'alone' || only === 'beset')) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  // Node itself raises the limit to the hard one, here and in the server.
  const files = Number(/Max open files\s+\S+\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
  if (files < idleSockets * 1.2) {
    console.log(`needs ${idleSockets * 1.2} open files, and may have ${files}: raise the hard limit (ulimit -Hn)`);
    return 2;
  }
  await using perennial = PerennialUp.on(null, {});
  // Whatever ends the harness ends what it started.
  process.on('exit', () => perennial.pid > 0 && process.kill(perennial.pid));
  await perennial.start();
  const url = new URL(perennial.ready.url);
  const calls = new SegmentCalls(url, perennial.ready.writeKey, 'soak', 1_000);
  const perSecond = await highestRate(url, calls) * share;
  const soak = (name: string) => phase(name, perennial, calls, perSecond, warmUp * 60_000, minutes * 60_000);
  const faults: string[] = [];
  if (only !== 'beset') faults.push(...faultsOf(await soak('load alone')));
  if (only !== 'alone') {
    const slow = new SlowClients(url, perennial.ready.writeKey);
    await slow.open(idleSockets, slowBodies);
    faults.push(...faultsOf(await soak('with idle and slow clients')), ...slowFaults(slow));
    slow.close();
  }
  const { services } = await perennial.call<{ services: { name: string; topics: { lag: number }[] }[] }>('GET', '/api/v1/pipeline');
  console.log(`not applied yet: ${services.map(({ name, topics }) => `${name} ${topics.reduce((sum, { lag }) => sum + lag, 0)}`).join(', ')}`);
  for (const fault of faults) console.log(`WRONG: ${fault}`);
  console.log(faults.length === 0 ? 'held' : `${faults.length} things are wrong`);
  return faults.length === 0 ? 0 : 1;
}

/** Requests a second; the first look warms up. */
async function highestRate(url: URL, calls: SegmentCalls): Promise<number> {
  await closedLoop(url, connections, probeMs, () => calls.batch(batch));
  const { accepted, seconds } = await closedLoop(url, connections, probeMs, () => calls.batch(batch));
  const rate = accepted.length / seconds;
  console.log(`highest rate: ${Math.round(rate)} events/s; from here on ${Math.round(rate * share)}`);
  return rate / batch;
}

async function phase(name: string, { pid, ready }: PerennialUp, calls: SegmentCalls, perSecond: number, warmUpMs: number, forMs: number): Promise<Phase> {
  const url = new URL(ready.url);
  const samples: Sample[] = [];
  const heap: HeapLook[] = [];
  const refused: Record<number, number> = {};
  const latencies: number[] = [];
  let events = 0;
  const start = performance.now();
  const sampler = setInterval(() => {
    const at = performance.now() - start;
    if (at >= warmUpMs) samples.push({ at, mib: memoryOf(pid) });
  }, sampleMs);
  const looker = setInterval(() => {
    const at = performance.now() - start;
    // One look that fails is one line less; the load says what is wrong.
    if (at >= warmUpMs) heapOf(ready).then((look) => heap.push({ at, ...look }), () => undefined);
  }, heapEveryMs);
  while (performance.now() - start < warmUpMs + forMs) {
    const slice = await openLoop(url, perSecond, Math.min(sliceMs, warmUpMs + forMs - (performance.now() - start)), connections * 4, () => calls.batch(batch));
    events += slice.accepted.length;
    for (const [status, count] of Object.entries(slice.refused)) refused[Number(status)] = (refused[Number(status)] ?? 0) + count;
    latencies.push(...slice.latencies);
  }
  clearInterval(sampler);
  clearInterval(looker);
  latencies.sort((a, b) => a - b);
  const done: Phase = { name, samples, heap, events, planned: (perSecond * batch * (warmUpMs + forMs)) / 1000, refused, p99: latencies[Math.floor(latencies.length * 0.99)] ?? NaN, slowest: latencies.at(-1) ?? NaN };
  show(done);
  return done;
}

function show({ name, samples, heap, events, refused, p99, slowest }: Phase): void {
  const mib = samples.map((sample) => sample.mib);
  const refusals = Object.entries(refused).map(([status, count]) => `${count} x ${status}`).join(', ');
  console.log(`\n${name}: ${events} events taken, refused: ${refusals || 'none'}; answered within ${Math.round(p99)} ms (p99), ${Math.round(slowest)} ms at most`);
  console.log('minute  MiB least  mean  most   heap set aside, in use');
  const heaps = Map.groupBy(heap, ({ at }) => Math.floor(at / 60_000));
  for (const [minute, own] of Map.groupBy(samples, ({ at }) => Math.floor(at / 60_000))) {
    const all = own.map((sample) => sample.mib);
    const looks = heaps.get(minute) ?? [];
    const figures = [minute, Math.min(...all), mean(all), Math.max(...all), mean(looks.map((look) => look.size)), mean(looks.map((look) => look.used))];
    console.log(figures.map((value, at) => String(Math.round(value)).padStart([6, 11, 6, 6, 17, 8][at]!)).join(''));
  }
  console.log(`mean ${mean(mib).toFixed(1)} MiB over ${mib.length} looks; growth per 10 minutes ${(growthPerTenMinutes(samples) * 100).toFixed(2)} %`);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function faultsOf({ name, samples, events, planned, refused }: Phase): string[] {
  const growth = growthPerTenMinutes(samples);
  const wrong = Object.keys(refused).filter((status) => status !== '429');
  return [
    ...(growth < mostGrowth ? [] : [`${name}: memory grows by ${(growth * 100).toFixed(2)} % per 10 minutes`]),
    ...(events >= planned * leastTaken ? [] : [`${name}: only ${events} of ${Math.round(planned)} events were taken`]),
    ...wrong.map((status) => `${name}: ${refused[Number(status)]} answers of ${status}`),
  ];
}

function slowFaults({ idle, dripping }: SlowClients): string[] {
  for (const [name, kept] of Object.entries({ 'idle sockets': idle, 'slow bodies': dripping })) console.log(`${name}: ${told(kept)}`);
  return [
    ...(idle.most < idleSockets * 0.9 ? [`only ${idle.most} idle sockets were open at one time`] : []),
    ...(dripping.longest > cutWithinMs ? [`a slow body was let drip for ${Math.round(dripping.longest / 1000)} s`] : []),
    ...(dripping.cut === 0 ? ['no slow body was cut'] : []),
  ];
}

function told({ open, most, cut, longest, answers }: Kept): string {
  return `${open} open at the end, ${most} at most; cut ${cut} times, after ${Math.round(longest / 1000)} s at the latest; answered ${JSON.stringify(answers)}`;
}

/** Resident memory of a process, MiB. */
function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
