import { setTimeout as sleep } from 'node:timers/promises';
import type { CellContext } from '../cell.js';
import { settle } from '../check/settle.js';
import { accountOf, type ItemOf } from '../load/plan.js';

/** What a cell asks of ingestion over and over, until `enough`; and what it takes until all of it stands as if nobody had asked. */
export interface Asking {
  readonly provoke: (context: CellContext, enough: () => boolean) => Promise<void>;
  readonly afterwards: (context: CellContext) => Promise<void>;
}

interface Asked {
  /** Accounts that may be merged. */
  readonly merged: Set<string>;
  /** Items that were refused, as they are when they are mended. */
  readonly refused: ItemOf<'signals'>[];
  readonly people: string[];
}

const asked = new WeakMap<CellContext, Asked>();

function askedOf(context: CellContext): Asked {
  const known = asked.get(context) ?? { merged: new Set(), refused: [], people: [] };
  asked.set(context, known);
  return known;
}

/** Merges accounts into their neighbours, and parts some of them again. */
export const merges: Asking = {
  async provoke(context, enough) {
    const { system, random } = context;
    while (!enough()) {
      const pair = random.between(0, 9) * 2;
      askedOf(context).merged.add(accountOf(pair));
      await system.call('POST', `/api/v1/accounts/${accountOf(pair)}/merge`, { intoAccountId: accountOf(pair + 1) }).catch(() => undefined);
      await sleep(300);
      if (random.chance(0.5)) await system.call('POST', `/api/v1/accounts/${accountOf(pair)}/unmerge`, {}).catch(() => undefined);
    }
  },
  async afterwards(context) {
    for (const id of askedOf(context).merged) await context.system.must('POST', `/api/v1/accounts/${id}/unmerge`, {});
  },
};

const mending = { data: { pulse: 3 } };

/** Sends what has to be refused, and replays it mended. */
export const replays: Asking = {
  async provoke(context, enough) {
    const { refused } = askedOf(context);
    while (!enough()) {
      const [id, accountId] = [`refused-${refused.length}`, accountOf(context.random.between(0, 19))];
      const body = { id, accountId, kind: 'pulse', occurredAt: new Date(Date.now() - 3_600_000).toISOString(), data: { pulse: 3, reason: 'mended' } };
      refused.push({ id, accountId, door: 'signals', body });
      await send(context, [unfit(body)]).catch(() => undefined);
      await replay(context).catch(() => undefined);
      await sleep(100);
    }
  },
  async afterwards(context) {
    const { refused } = askedOf(context);
    // Which of them came through nobody knows: the same again counts once.
    for (let at = 0; at < refused.length; at += 100) await send(context, refused.slice(at, at + 100).map(({ body }) => unfit(body)));
    await settle(context.system);
    for (let left = 1, rounds = 0; left > 0 && rounds < 20; rounds++) left = (await replay(context)).body.results.length;
    context.load.alsoAccepted(refused);
    context.note(`${refused.length} refused items mended and replayed`);
  },
};

const unfit = (body: ItemOf<'signals'>['body']): object => ({ ...body, data: { pulse: 9, reason: 'mended' } });
const replay = ({ system }: CellContext) => system.call<{ results: object[] }>('POST', '/api/v1/rejected/replay', { where: {}, patch: mending });

/** In every text that is sent of somebody who is erased; nothing else holds it. */
const bird = 'zugtaube';

/** Lets people turn up at accounts and be erased. */
export const erasures: Asking = {
  async provoke(context, enough) {
    const { people } = askedOf(context);
    while (!enough()) {
      // Ids of messages stand in explanations, and stay where they are.
      const [personId, messageId] = [`${bird}-${people.length}`, `of-somebody-${people.length}`];
      people.push(personId);
      const accountId = accountOf(context.random.between(0, 19));
      const of = (id: string, more: object): object => ({ id: `${messageId}-${id}`, accountId, personId, ...more });
      const signals = [of('use', { kind: 'usage', data: { event: 'use', quantity: 7 } }), of('says', { kind: 'survey', data: { type: 'nps', score: 1, comment: `said ${bird}` } })];
      for (const one of signals) context.load.passing.add((one as { id: string }).id);
      await send(context, signals).catch(() => undefined);
      for (let waits = 0; waits < 10 && !enough() && !(await isStored(context, personId)); waits++) await sleep(200);
      await erase(context, personId).catch(() => undefined);
      await sleep(1_000);
    }
  },
  async afterwards(context) {
    const { people } = askedOf(context);
    for (const personId of people) {
      const { status } = await erase(context, personId);
      if (status !== 202) context.fail(`erasing ${personId} was answered ${status}`);
    }
    await settle(context.system);
    for (const table of ['message', 'contact', 'identity', 'rejected', 'account', 'erasure', 'messaging_outbox']) {
      if (await holdsBird(context, `SELECT 1 FROM ${table} t WHERE strpos(to_json(t)::text, $1) > 0 LIMIT 1`, bird)) context.fail(`somebody who was erased stands in ${table}`);
    }
    if (context.system.log === 'postgres') await lookIntoLog(context);
    context.note(`${people.length} people erased`);
  },
};

const holdsBird = async ({ system }: CellContext, text: string, value: string): Promise<boolean> => (await system.rows('signal-ingestion', text, [value])).length > 0;
/** False also while the database is away. */
const isStored = (context: CellContext, personId: string): Promise<boolean> => holdsBird(context, 'SELECT 1 FROM message WHERE person_key = $1 LIMIT 1', personId).catch(() => false);
const erase = ({ system }: CellContext, personId: string) => system.call('POST', `/api/v1/people/${personId}/erase`, {});

async function lookIntoLog(context: CellContext): Promise<void> {
  for (const table of ['entry', 'compacted_entry']) {
    const rows = await context.system.rows<{ name: string; key: string | null; value: string }>('log', `SELECT t.name, e.key, encode(e.value, 'escape') AS value FROM ${table} e JOIN topic t ON t.id = e.topic_id WHERE strpos(coalesce(e.key, ''), $1) > 0 OR strpos(encode(e.value, 'escape'), $1) > 0`, [bird]);
    for (const { name, key, value } of rows) context.fail(`somebody who was erased stands in ${name} of ${key}: ..${value.slice(Math.max(0, value.indexOf(bird) - 80), value.indexOf(bird) + 40)}..`);
  }
}

/** What every use says goes, for a while. */
const silent = { name: 'Uses tell nothing', events: [1, 2, 3, 4, 5].map((n) => `use ${n}`), kind: 'none' };

/** By rules under which uses tell nothing, and by those there were. The next ones come before or after these have been read by. */
export const mappings: Asking = {
  async provoke(context, enough) {
    while (!enough()) {
      for (const rules of [[silent], []]) {
        await publish(context, rules).catch(() => undefined);
        for (let waits = context.random.between(2, 30); waits > 0 && !enough(); waits--) await sleep(500);
      }
    }
  },
  async afterwards(context) {
    const { status } = await publish(context, []);
    if (status !== 200) context.fail(`the first mapping could not be published again: ${status}`);
  },
};

async function publish({ system }: CellContext, rules: readonly object[]): Promise<{ status: number }> {
  const path = `/api/v1/sources/${system.credentials.sourceId}/mapping`;
  const { body: { revision } } = await system.call<{ revision: number }>('GET', path);
  return system.call('PUT', path, { expectedRevision: revision, rules, restateDays: 7 });
}

async function send({ system }: CellContext, signals: readonly object[]): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Basic ${btoa(`${system.credentials.writeKey}:`)}` };
  const { status } = await fetch(`${system.url}/api/v1/signals`, { method: 'POST', headers, body: JSON.stringify({ signals }), signal: AbortSignal.timeout(10_000) });
  if (status !== 200) throw new Error(`/api/v1/signals: ${status}`);
}
