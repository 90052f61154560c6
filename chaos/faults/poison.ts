import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyTopic } from '@perennial/contracts/topic';
import { riskChangesTopic, signalsTopic, telemetryTopic } from '@perennial/contracts/topics';
import type { EventLog } from '@perennial/messaging/event-log';
import type { CellContext } from '../cell.js';
import { accountOf } from '../load/plan.js';
import type { ServiceName } from '../system/system.js';

/** Who reads the topics that are poisoned: each of them has a letter of its own for every record. */
export const readers: readonly (readonly [AnyTopic, readonly ServiceName[]])[] = [
  [telemetryTopic, ['signal-ingestion']],
  [signalsTopic, ['health-scoring', 'renewal-forecasting']],
  [riskChangesTopic, ['playbook-orchestration', 'notifications']],
];

let made = 0;

/** A record that nobody can read. Its text is its own, so that its letters can be counted. */
export function poison(accountId: string): { key: string; value: Buffer; headers: Record<string, string>; text: string } {
  const text = `poison ${process.pid} ${++made}`;
  return { key: accountId, value: Buffer.from(text), headers: { ce_id: text, ce_type: 'perennial.unheard.of.v1' }, text };
}

/** Appends poison to each topic, one record at a time, until `enough`. Answers the texts that surely stand in the log, by topic. */
export async function poisonUntil(context: CellContext, enough: () => boolean, everyMs = 150): Promise<Map<AnyTopic, string[]>> {
  const told = new Map<AnyTopic, string[]>(readers.map(([topic]) => [topic, []]));
  let log: EventLog | null = null;
  while (!enough()) {
    for (const [topic] of readers) {
      const { text, ...record } = poison(accountOf(context.random.between(0, 19)));
      try {
        log ??= await context.system.openLog();
        await log.append(topic.name, [record]);
        told.get(topic)!.push(text);
      } catch {
        await log?.close().catch(() => undefined);
        log = null;
      }
    }
    await sleep(everyMs);
  }
  await log?.close().catch(() => undefined);
  return told;
}

/** Every poisoned record has exactly one letter in each group that reads its topic. */
export async function checkLetters(context: CellContext, told: ReadonlyMap<AnyTopic, readonly string[]>): Promise<void> {
  for (const [topic, services] of readers) {
    for (const service of services) {
      const rows = await context.system.rows<{ text: string; n: string }>(service, `SELECT convert_from(value, 'UTF8') AS text, count(*) AS n FROM messaging_dead_letter WHERE topic = $1 GROUP BY 1`, [topic.name]);
      const counts = new Map(rows.map(({ text, n }) => [text, Number(n)]));
      const missing = (told.get(topic) ?? []).filter((text) => !counts.has(text));
      if (missing.length > 0) context.fail(`lost: ${missing.length} poisoned records of ${topic.stream} have no letter in ${service} (${missing[0]})`);
      const twice = [...counts].filter(([, n]) => n > 1);
      if (twice.length > 0) context.fail(`doubled: ${twice.length} poisoned records of ${topic.stream} have several letters in ${service}`);
    }
  }
}
