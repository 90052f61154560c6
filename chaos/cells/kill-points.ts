import { setTimeout as sleep } from 'node:timers/promises';
import { both, type Cell, type CellContext } from '../cell.js';
import { checkLetters, poisonUntil } from '../faults/poison.js';
import type { ServiceProcess } from '../system/service-process.js';
import { services, type ServiceName } from '../system/system.js';

interface KillPoint {
  readonly name: string;
  /** The services that pass it. */
  readonly of: readonly ServiceName[];
  /** Passes before the deadly one, at most: rare points die early. */
  readonly mostPasses: number;
  /** Makes the point be passed, until it is deadly. */
  provoke?(context: CellContext, enough: () => boolean): Promise<void>;
  readonly afterwards?: (context: CellContext) => Promise<void>;
}

const all: readonly ServiceName[] = services;
const consumers = { of: all, mostPasses: 15 };

const points: readonly KillPoint[] = [
  { name: 'edge.before-append', of: ['signal-ingestion'], mostPasses: 40 },
  { name: 'edge.after-append', of: ['signal-ingestion'], mostPasses: 40 },
  { name: 'consumer.before-handler', ...consumers },
  { name: 'consumer.after-handler', ...consumers },
  { name: 'consumer.before-commit', ...consumers },
  { name: 'consumer.before-hint', ...consumers },
  { name: 'consumer.after-dead-letter', of: all, mostPasses: 2, provoke: poisoned(), afterwards: lettersOfPoison },
  { name: 'dead-letters.after-replay', of: all, mostPasses: 1, provoke: replayed, afterwards: lettersOfPoison },
  { name: 'relay.before-send', of: all, mostPasses: 10 },
  { name: 'relay.after-send', of: all, mostPasses: 10 },
  { name: 'outbox.after-publish', of: all, mostPasses: 10 },
  { name: 'ingestion.after-record', of: ['signal-ingestion'], mostPasses: 20 },
  { name: 'ingestion.restating', of: ['signal-ingestion'], mostPasses: 3, provoke: restate },
  { name: 'scoring.before-save', of: ['health-scoring'], mostPasses: 20 },
  { name: 'scoring.after-save', of: ['health-scoring'], mostPasses: 20 },
  { name: 'playbooks.after-claim', of: ['playbook-orchestration'], mostPasses: 2, provoke: timersFallDue },
  { name: 'playbooks.before-step-commit', of: ['playbook-orchestration'], mostPasses: 2, provoke: timersFallDue },
  { name: 'playbooks.after-step-commit', of: ['playbook-orchestration'], mostPasses: 2, provoke: timersFallDue },
  { name: 'notifications.after-claim', of: ['notifications'], mostPasses: 6 },
  { name: 'notifications.after-send', of: ['notifications'], mostPasses: 10 },
  { name: 'notifications.before-settle', of: ['notifications'], mostPasses: 6 },
];

const secondsPerPoint = 6;
const familyOf = ({ name }: KillPoint): string => name.split('.')[0]!;

/** kill -9 at the named lines of every service that passes them, one after the other; each is started again without. */
export const killPointCells: readonly Cell[] = [...Map.groupBy(points, familyOf)].map(([family, own]) => ({
  id: `1-${family}`,
  logs: both,
  seconds: 4 + secondsPerPoint * own.length,
  async run(context) {
    const { load, system } = context;
    await load.reaches(0.05);
    for (const point of own) {
      const victims = [...new Set(point.of.map((service) => system.processOf(service)))];
      await Promise.all(victims.map((victim) => dieAt(context, victim, point)));
    }
  },
  async afterwards(context) {
    for (const point of own) await point.afterwards?.(context);
  },
}));

async function dieAt(context: CellContext, victim: ServiceProcess, point: KillPoint): Promise<void> {
  const { system, random } = context;
  const nth = random.between(1, point.mostPasses);
  await sleep(random.between(0, 1_000));
  await victim.kill();
  // A process may come to the point before it is ready.
  const started = system.start(victim.name, { PERENNIAL_KILL_POINT: `${point.name}:${nth}` });
  await Promise.race([started.catch(() => undefined), victim.endsWithin(180_000)]);
  let isOver = false;
  const provoking = point.provoke?.(context, () => isOver || !victim.running);
  const died = await victim.endsWithin(60_000);
  isOver = true;
  await provoking;
  if (!died) return context.fail(`${victim.name} never came to ${point.name}:${nth}`);
  context.note(`${victim.name} died at ${point.name}:${nth}`);
  await sleep(random.between(0, 1_500));
  await system.start(victim.name);
}

const poisonOf = new WeakMap<CellContext, Awaited<ReturnType<typeof poisonUntil>>>();
const poisoning = new WeakMap<CellContext, Promise<void>>();

/** One poisoner however many services are to die of it. */
function poisoned(): NonNullable<KillPoint['provoke']> {
  return (context, enough) => {
    context.expectDeadLetters(null);
    const known = poisoning.get(context);
    if (known) return waitFor(enough);
    const work = poisonUntil(context, enough).then((told) => void poisonOf.set(context, told));
    poisoning.set(context, work);
    return work;
  };
}

async function waitFor(enough: () => boolean): Promise<void> {
  while (!enough()) await sleep(100);
}

async function lettersOfPoison(context: CellContext): Promise<void> {
  await checkLetters(context, poisonOf.get(context) ?? new Map());
}

/** Letters that stay dead are replayed: they come back as the same letters. */
async function replayed(context: CellContext, enough: () => boolean): Promise<void> {
  const until = Date.now() + 3_000;
  await poisoned()(context, () => enough() || Date.now() > until);
  while (!enough()) {
    await context.system.call('POST', '/api/v1/dead-letters/replay', {}).catch(() => undefined);
    await sleep(500);
  }
}

async function restate({ system, random }: CellContext, enough: () => boolean): Promise<void> {
  while (!enough()) {
    const accountId = `acc-${String(random.between(0, 19)).padStart(3, '0')}`;
    await system.rows('signal-ingestion', `INSERT INTO restatement (id, account_id, reason, state, created_at) SELECT gen_random_uuid(), id, 'chaos', 'waiting', now() FROM account WHERE id = $1 ON CONFLICT DO NOTHING`, [accountId]).catch(() => undefined);
    await sleep(300);
  }
}

/** The waits of playbooks are days long: their timers fall due now. */
async function timersFallDue({ system }: CellContext, enough: () => boolean): Promise<void> {
  while (!enough()) {
    await system.rows('playbook-orchestration', 'UPDATE timer SET due_at = now() WHERE due_at > now()').catch(() => undefined);
    await sleep(300);
  }
}
