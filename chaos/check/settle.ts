import { setTimeout as sleep } from 'node:timers/promises';
import { services as allServices, type ChaosSystem } from '../system/system.js';

interface PipelineService {
  readonly name: string;
  readonly missing: readonly string[];
  readonly outbox: number | null;
  readonly topics: readonly { readonly topic: string; readonly lag: number }[];
}

export interface Settled {
  /** Records that are not applied yet, over all services; 0 at rest. */
  readonly lag: number;
  /** What is still under way, for people; empty at rest. */
  readonly restless: readonly string[];
}

/**
 * Waits until every service is ready, all lags and outboxes are 0 and no due work is left, seen twice. Retries
 * of webhooks and looks of erasures that are planned for later are pulled to now: what time would do, without waiting for it.
 */
export async function settle(system: ChaosSystem, withinMs = 120_000): Promise<Settled> {
  let last: Settled = { lag: -1, restless: ['nothing was asked yet'] };
  let seen = 0;
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(150)) {
    try {
      last = await lookOver(system);
      if (last.lag === 0) await hasten(system);
    } catch (error) {
      last = { lag: -1, restless: [error instanceof Error ? error.message : String(error)] };
    }
    seen = last.restless.length === 0 ? seen + 1 : 0;
    if (seen === 2) return last;
  }
  return last;
}

async function lookOver(system: ChaosSystem): Promise<Settled> {
  const { services } = await system.must<{ services: PipelineService[] }>('GET', '/api/v1/pipeline');
  const missing = allServices.filter((service) => !services.some(({ name }) => name === service));
  const restless = services.flatMap(({ name, missing, outbox, topics }) => [
    ...missing.map((reason) => `${name} is not ready: ${reason}`),
    ...(outbox === 0 ? [] : [`${name} has ${outbox} rows in its outbox`]),
    ...topics.filter(({ lag }) => lag > 0).map(({ topic, lag }) => `${name} has ${lag} of ${topic} before it`),
  ]);
  restless.push(...missing.map((name) => `${name} is not told of`));
  const lag = services.flatMap(({ topics }) => topics).reduce((sum, topic) => sum + topic.lag, 0);
  const due = {
    'signal-ingestion': `SELECT (SELECT count(*) FROM replay) + (SELECT count(*) FROM restatement WHERE state <> 'done')
      + (SELECT count(*) FROM mapping_restatement WHERE state NOT IN ('done', 'superseded')) + (SELECT count(*) FROM erasure WHERE state <> 'done')
      + (SELECT count(*) FROM import WHERE state IN ('waiting', 'running', 'ending')) AS n`,
    'health-scoring': `SELECT (SELECT count(*) FROM portfolio WHERE next_look_at <= now()) + (SELECT count(*) FROM scorecard_publication WHERE told_at IS NULL)
      + (SELECT count(*) FROM portfolio WHERE next_look_at IS NOT NULL AND generation < (SELECT max(generation) FROM scorecard_publication)) AS n`,
    'playbook-orchestration': 'SELECT count(*) AS n FROM timer WHERE due_at <= now()',
    'notifications': `SELECT count(*) AS n FROM webhook_delivery WHERE state = 'pending'`,
  };
  for (const [service, text] of Object.entries(due)) {
    const [row] = await system.rows<{ n: string }>(service, text);
    if (Number(row?.n) > 0) restless.push(`${service} has ${row?.n} pieces of due work`);
  }
  return { lag, restless };
}

async function hasten(system: ChaosSystem): Promise<void> {
  await system.rows('notifications', `UPDATE webhook_delivery SET next_at = now() WHERE state = 'pending' AND lease_until IS NULL AND next_at > now() + interval '1 second'`);
  await system.rows('signal-ingestion', `UPDATE erasure SET next_at = now() WHERE state <> 'done' AND lease IS NULL AND next_at > now() + interval '1 second'`);
  await system.rows('notifications', 'UPDATE webhook_endpoint SET held_until = NULL WHERE held_until > now()');
}
