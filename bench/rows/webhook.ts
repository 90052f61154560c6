import { setTimeout as sleep } from 'node:timers/promises';
import type { Figure } from '../harness/figure.js';
import { PerennialUp } from '../harness/perennial-up.js';
import { quantile, spreadOf } from '../harness/spread.js';
import { told } from '../harness/table.js';
import { openLoop, refusalFault, type Call } from '../load/http-load.js';
import { postRequest } from '../load/http-connection.js';
import { SegmentCalls } from '../load/segment-calls.js';
import { WebhookSink } from '../load/webhook-sink.js';
import type { Row } from './row.js';

const perSecond = 100;
const urgentEvery = 10;
const knownAccounts = 1_000;
const firstMs = 5_000;
const windowMs = 5_000;
const lateMs = 60_000;

interface Window {
  readonly p50: number;
  readonly p99: number;
  readonly fault: string | null;
}

/** WEBHOOK: an event that changes an account's risk, until others are told, in the whole system. */
export const webhook: Row = {
  ids: ['WEBHOOK'],
  async measure(run) {
    await using around = await run.surroundings();
    await using sink = await WebhookSink.start();
    await using system = PerennialUp.on(run.kind === 'kafka' ? around.brokers : null, run.options.env);
    await system.start();
    await system.call('POST', '/api/v1/webhook-endpoints', { url: sink.url });
    let window = 0;
    const measure = (forMs: number): Promise<Window> => measured(system, sink, `w${window++}`, forMs);
    const first = await measure(run.ms(firstMs));
    const warm: Window[] = [];
    for (let round = 0; round < run.options.rounds; round++) warm.push(await measure(run.ms(windowMs)));
    // The gate is of the log in Postgres, where nothing else has to be installed.
    const gate = run.kind === 'postgres' ? 100 : null;
    run.tell(figure(`event accepted to webhook received, at ${perSecond}/s, warm`, warm, gate));
    run.tell(figure(`the same in the first ${run.ms(firstMs) / 1000} s of the process`, [first], null));
  },
};

function figure(title: string, windows: readonly Window[], gate: number | null): Figure {
  const p99 = spreadOf(windows.map((window) => window.p99)).median;
  return {
    id: 'WEBHOOK', title, unit: 'ms p50', better: 'lower', gate, goal: null, value: spreadOf(windows.map(({ p50 }) => p50)), detail: `p99 ${told(p99)} ms`,
    void: windows.find(({ fault }) => fault !== null)?.fault ?? null, raw: windows,
  };
}

/** Every tenth event is an urgent ticket of an account of its own, which makes one risk change; the others are use of known accounts. */
async function measured(system: PerennialUp, sink: WebhookSink, name: string, forMs: number): Promise<Window> {
  const url = new URL(system.ready.url);
  const headers = { authorization: `Bearer ${system.ready.writeKey}` };
  const dueAt = new Map<string, number>();
  const use = new SegmentCalls(url, system.ready.writeKey, `${name}-use`, knownAccounts);
  let sent = 0;
  const next = (at: number): Call => {
    if (sent++ % urgentEvery !== 0) return use.single();
    const account = `${name}-${dueAt.size}`;
    dueAt.set(account, at);
    const signal = { id: account, kind: 'ticket', accountId: account, data: { ticketId: account, status: 'opened', priority: 'urgent', subject: 'Export fails' } };
    return { request: postRequest(url, '/api/v1/signals', headers, JSON.stringify({ signals: [signal] })), ids: [account] };
  };
  const load = await openLoop(url, perSecond, forMs, 64, next);
  const urgent = load.accepted.filter((id) => dueAt.has(id));
  const missing = (): string[] => urgent.filter((account) => !sink.calls.has(account));
  for (const end = performance.now() + lateMs; missing().length > 0 && performance.now() < end; ) await sleep(20);
  await sleep(200);
  const latencies = urgent.flatMap((account) => (sink.calls.get(account) ?? []).slice(0, 1).map((at) => at - dueAt.get(account)!)).sort((a, b) => a - b);
  const doubled = urgent.filter((account) => (sink.calls.get(account)?.length ?? 0) > 1).length;
  const lost = missing().length;
  const fault = refusalFault(load) ?? (lost + doubled === 0 ? null : `of ${urgent.length} risk changes ${lost} were not told and ${doubled} told twice`);
  return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), fault };
}
