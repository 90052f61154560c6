import { setTimeout as sleep } from 'node:timers/promises';
import { HttpConnection } from './http-connection.js';

/** A request and the ids of the events in it. */
export interface Call {
  readonly request: string;
  readonly ids: readonly string[];
}

export interface LoadResult {
  /** Ids that were answered with 2xx. */
  readonly accepted: string[];
  /** Answers that were not 2xx, by status; 0: the connection was cut. */
  readonly refused: Record<number, number>;
  readonly seconds: number;
  /** Latency of each answer from the instant its request was due, ms. */
  readonly latencies: number[];
}

const noAnswer = 0;

const emptyResult = () => ({ accepted: [] as string[], refused: {} as Record<number, number>, latencies: [] as number[] });

function note(result: ReturnType<typeof emptyResult>, status: number, ids: readonly string[]): void {
  if (status >= 200 && status < 300) for (const id of ids) result.accepted.push(id);
  else result.refused[status] = (result.refused[status] ?? 0) + 1;
}

/** As many requests as the server takes: each connection sends its next one when the last is answered, until `next` has none. */
export async function closedLoop(url: URL, connections: number, forMs: number, next: () => Call | null): Promise<LoadResult> {
  const open = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(url)));
  const result = emptyResult();
  const start = performance.now();
  let end = start;
  await Promise.all(open.map(async (connection) => {
    while (performance.now() - start < forMs) {
      const call = next();
      if (call === null) break;
      note(result, await connection.send(call.request), call.ids);
    }
    end = performance.now();
  }));
  for (const connection of open) connection.close();
  return { ...result, seconds: (end - start) / 1000 };
}

/**
 * `perSecond` requests a second whatever the server does, for `forMs`. A request that finds no free connection
 * waits, and its waiting counts: latency is from the instant it was due.
 */
export async function openLoop(url: URL, perSecond: number, forMs: number, connections: number, callAt: (at: number) => Call): Promise<LoadResult> {
  const free = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(url)));
  const waiting: (() => void)[] = [];
  const result = emptyResult();
  const start = performance.now();
  const all: Promise<void>[] = [];
  const one = async (dueAt: number): Promise<void> => {
    const { request, ids } = callAt(dueAt);
    if (free.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    // Each in its turn: one that says nothing for long is closed by the server, and is no answer.
    const idle = free.shift()!;
    const connection = idle.isClosed ? await reopened(url) : idle;
    const status = await connection.send(request).catch(() => noAnswer);
    note(result, status, ids);
    result.latencies.push(performance.now() - dueAt);
    free.push(status === noAnswer ? await reopened(url) : connection);
    waiting.shift()?.();
  };
  for (let sent = 0, total = Math.round((perSecond * forMs) / 1000); sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - start) * perSecond) / 1000) + 1);
    for (; sent < due; sent++) all.push(one(start + (sent * 1000) / perSecond));
    await sleep(1);
  }
  await Promise.all(all);
  for (const connection of free) connection.close();
  return { ...result, seconds: (performance.now() - start) / 1000 };
}

/** A new connection in place of one that was cut; a server with much to do may let a first try run out of time. */
function reopened(url: URL): Promise<HttpConnection> {
  return HttpConnection.open(url).catch(() => HttpConnection.open(url));
}

/** What is wrong with a load that should have been taken whole; null when nothing is. */
export function refusalFault({ refused }: LoadResult): string | null {
  const told = Object.entries(refused).map(([status, count]) => `${count} x ${status}`);
  return told.length === 0 ? null : `not every request was taken: ${told.join(', ')}`;
}
