import { setTimeout as sleep } from 'node:timers/promises';
import { both, type Cell, type CellContext } from '../cell.js';
import { settle } from '../check/settle.js';
import { takes, WebhookSink, type Answer } from '../faults/webhook-sink.js';

/** How receivers misbehave; each is a receiver of its own beside one that is well. */
const bad: Readonly<Record<string, Answer>> = {
  error500: (_request, response) => void response.writeHead(500).end('no'),
  busy429: (_request, response) => void response.writeHead(429, { 'retry-after': '1' }).end(),
  hang: () => undefined,
  drip: (_request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('.'), 300);
    response.once('close', () => clearInterval(timer));
  },
  reset: (request) => void request.socket.resetAndDestroy(),
  redirect: (_request, response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/elsewhere' }).end(),
  hugeBody: (_request, response) => {
    response.writeHead(200);
    const block = Buffer.alloc(64 * 1024, 'x');
    const pump = (): void => {
      if (!response.destroyed && response.write(block)) setImmediate(pump);
      else response.once('drain', pump);
    };
    pump();
  },
  gone410: (_request, response) => void response.writeHead(410).end(),
};

export const webhookCells: readonly Cell[] = [
  {
    id: '14-bad-receivers',
    logs: both,
    seconds: 10,
    async prepare(context) {
      const sinks = new Map<string, WebhookSink>();
      for (const [name, answer] of Object.entries(bad)) {
        const sink = await WebhookSink.start();
        sink.answer = answer;
        await context.system.must('POST', '/api/v1/webhook-endpoints', { url: sink.url });
        sinks.set(name, sink);
        context.alsoCheck(sink);
      }
      sinksOf.set(context, sinks);
    },
    async run(context) {
      const { load, sink, note } = context;
      await load.reaches(1);
      await sleep(4_000);
      note(`meanwhile the receiver that is well got ${sink.received.size} messages`);
      const sinks = sinksOf.get(context)!;
      for (const one of sinks.values()) one.answer = takes;
      await enableGone(context, sinks.get('gone410')!);
    },
    async afterwards(context) {
      await settle(context.system);
      await Promise.all([...sinksOf.get(context)!.values()].map((sink) => sink.stop()));
    },
  },
];

const sinksOf = new WeakMap<CellContext, Map<string, WebhookSink>>();

/** Who said 410 is disabled; what it missed is kept until it is enabled again and asks for it. */
async function enableGone({ system, fail, note }: CellContext, sink: WebhookSink): Promise<void> {
  const { data } = await system.must<{ data: { id: string; url: string; state: string }[] }>('GET', '/api/v1/webhook-endpoints?limit=100');
  const endpoint = data.find(({ url }) => url === sink.url)!;
  if (endpoint.state !== 'disabled') fail(`the endpoint that answered 410 is ${endpoint.state}`);
  await system.must('POST', `/api/v1/webhook-endpoints/${endpoint.id}/enable`, {});
  const missed = await system.rows<{ id: string }>('notifications', `SELECT id FROM webhook_delivery WHERE endpoint_id = $1 AND state = 'disabled'`, [endpoint.id]);
  for (const { id } of missed) await system.must('POST', `/api/v1/deliveries/${id}/replay`, {});
  note(`${missed.length} messages kept for the one that was gone were replayed`);
}
