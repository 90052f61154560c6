import { setTimeout as sleep } from 'node:timers/promises';
import { both, type Cell, type CellContext } from '../cell.js';
import { checkLetters, poisonUntil } from '../faults/poison.js';
import { settle } from '../check/settle.js';
import { accountOf } from '../load/plan.js';
import { services, type ServiceName } from '../system/system.js';
import { erasures, mappings, merges, replays } from './asked-of-ingestion.js';
import { lapses } from './lapsing-overrides.js';

interface KillPoint {
  readonly name: string;
  /** The cell it belongs to, where that is not named like the point's first part. */
  readonly cell?: string;
  /** The services that pass it. */
  readonly of: readonly ServiceName[];
  /** Passes before the deadly one, at most: rare points die early. */
  readonly mostPasses: number;
  /** Once all of the load is worked off, so that nothing but time is left to make up for what was forgotten. */
  readonly atRest?: boolean;
  /** Makes the point be passed, until it is deadly. */
  provoke?(context: CellContext, enough: () => boolean): Promise<void>;
  readonly afterwards?: (context: CellContext) => Promise<void>;
}

const all: readonly ServiceName[] = services;
/** A slice of the load may come in one chunk a partition, and `perennial up` has four of these. */
const chunks = 4;
const consumers = { of: all, mostPasses: chunks };
const startMs = 180_000;
const deathMs = 60_000;

const points: readonly KillPoint[] = [
  { name: 'edge.before-append', of: ['signal-ingestion'], mostPasses: 12 },
  { name: 'edge.after-append', of: ['signal-ingestion'], mostPasses: 12 },
  { name: 'consumer.before-handler', ...consumers },
  { name: 'consumer.after-handler', ...consumers },
  { name: 'consumer.before-commit', ...consumers },
  { name: 'consumer.before-hint', ...consumers },
  { name: 'consumer.after-dead-letter', of: all, mostPasses: 2, provoke: poisoned(), afterwards: lettersOfPoison },
  { name: 'dead-letters.after-replay', of: all, mostPasses: 1, provoke: replayed, afterwards: lettersOfPoison },
  { name: 'relay.before-send', of: all, mostPasses: 3 },
  { name: 'relay.after-send', of: all, mostPasses: 3 },
  { name: 'outbox.after-publish', of: all, mostPasses: 3 },
  { name: 'ingestion.after-record', of: ['signal-ingestion'], mostPasses: chunks },
  { name: 'ingestion.restating', of: ['signal-ingestion'], mostPasses: 3, provoke: restate },
  { name: 'ingestion.restating-by-mapping', of: ['signal-ingestion'], mostPasses: 6, ...mappings },
  { name: 'ingestion.merging', cell: 'ingestion-asked', of: ['signal-ingestion'], mostPasses: 3, ...merges },
  { name: 'ingestion.replaying-rejected', cell: 'ingestion-asked', of: ['signal-ingestion'], mostPasses: 3, ...replays },
  { name: 'ingestion.erased-stored', cell: 'ingestion-asked', of: ['signal-ingestion'], mostPasses: 2, ...erasures },
  { name: 'ingestion.erased-log', cell: 'ingestion-asked', of: ['signal-ingestion'], mostPasses: 3, ...erasures },
  { name: 'scoring.before-save', of: ['health-scoring'], mostPasses: chunks },
  { name: 'scoring.after-save', of: ['health-scoring'], mostPasses: chunks },
  { name: 'sweep.planned', of: ['health-scoring'], mostPasses: 2, ...lapses },
  { name: 'sweep.before-commit', of: ['health-scoring'], mostPasses: 2, ...lapses },
  { name: 'sweep.after-commit', of: ['health-scoring'], mostPasses: 2, ...lapses },
  { name: 'playbooks.after-claim', of: ['playbook-orchestration'], mostPasses: 2, provoke: timersFallDue },
  { name: 'playbooks.before-step-commit', of: ['playbook-orchestration'], mostPasses: 2, provoke: timersFallDue },
  { name: 'playbooks.after-step-commit', of: ['playbook-orchestration'], mostPasses: 2, provoke: timersFallDue },
  { name: 'notifications.after-claim', of: ['notifications'], mostPasses: 2 },
  { name: 'notifications.after-send', of: ['notifications'], mostPasses: 3 },
  { name: 'notifications.before-settle', of: ['notifications'], mostPasses: 2 },
];

const familyOf = ({ name, cell }: KillPoint): string => cell ?? name.split('.')[0]!;
const warmUp = 0.1;

/** kill -9 at the named lines of every service that passes them, one after the other; each is started again without. */
export const killPointCells: readonly Cell[] = [...Map.groupBy(points, familyOf)].map(([family, own]) => ({
  ...killedAt(family, own),
  parts: own.map((point) => killedAt(point.name, [point])),
}));

function killedAt(name: string, own: readonly KillPoint[]): Cell {
  return {
    id: `1-${name}`,
    logs: both,
    async prepare({ load }) {
      load.hold(warmUp);
    },
    async run(context) {
      const { load } = context;
      await load.reaches(warmUp);
      if (own.some(({ atRest }) => atRest)) {
        load.hold(1);
        await load.reaches(1);
        await settle(context.system);
      }
      // A slice of the load for each point: what it takes to come there is sent when everybody is armed.
      for (const [place, point] of own.entries()) await dieAt(context, point, warmUp + ((1 - warmUp) * (place + 1)) / (own.length + 1));
    },
    async afterwards(context) {
      for (const afterwards of new Set(own.map((point) => point.afterwards))) await afterwards?.(context);
    },
  };
}

async function dieAt(context: CellContext, point: KillPoint, share: number): Promise<void> {
  const { system, load, random } = context;
  const victims = [...new Set(point.of.map((service) => system.processOf(service)))].map((victim) => ({ victim, nth: random.between(1, point.mostPasses), pauseMs: random.between(0, 1_500) }));
  await Promise.all(victims.map(async ({ victim, nth }) => {
    await victim.kill();
    // It may come to the point before it is ready.
    await Promise.race([system.start(victim.name, { PERENNIAL_KILL_POINT: `${point.name}:${nth}` }).catch(() => undefined), victim.endsWithin(startMs)]);
  }));
  load.hold(share);
  let isOver = false;
  await Promise.all(victims.map(async ({ victim, nth, pauseMs }) => {
    const provoking = point.provoke?.(context, () => isOver || !victim.running);
    const died = await victim.endsWithin(deathMs);
    isOver ||= !died;
    await provoking;
    if (!died) return context.fail(`${victim.name} never came to ${point.name}:${nth}`);
    if (victim.ended?.signal !== 'SIGKILL') context.fail(`${victim.name} ended by itself before ${point.name}:${nth} (${JSON.stringify(victim.ended)}): ${victim.tail()}`);
    context.note(`${victim.name} died at ${point.name}:${nth}`);
    await sleep(pauseMs);
    await system.start(victim.name);
  }));
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
    const accountId = accountOf(random.between(0, 19));
    await system.rows('signal-ingestion', `INSERT INTO restatement (id, account_id, reason, state, created_at) SELECT gen_random_uuid(), id, 'chaos', 'waiting', now() FROM account WHERE id = $1 ON CONFLICT DO NOTHING`, [accountId]).catch(() => undefined);
    await sleep(300);
  }
}

/** The waits of playbooks are days long: their timers fall due now, the next when the one before was seen to, so that some are left for the next point. */
async function timersFallDue({ system }: CellContext, enough: () => boolean): Promise<void> {
  while (!enough()) {
    await system.rows('playbook-orchestration', 'UPDATE timer SET due_at = now() WHERE id = (SELECT id FROM timer WHERE due_at > now() LIMIT 1) AND NOT EXISTS (SELECT FROM timer WHERE due_at <= now())').catch(() => undefined);
    await sleep(300);
  }
}
