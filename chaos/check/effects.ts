import { decodeRecord } from '@perennial/contracts/cloud-event';
import type { HealthState } from '@perennial/contracts/health';
import type { AnyTopic, EventOf } from '@perennial/contracts/topic';
import type { EventLog } from '@perennial/messaging/event-log';
import type { ChaosSystem } from '../system/system.js';

/** An event as it stands in a topic. */
export interface TopicEvent<T extends AnyTopic> {
  readonly key: string;
  readonly version: number;
  readonly partition: number;
  readonly offset: bigint;
  readonly bytes: string;
  readonly event: EventOf<T>;
}

/** Everything on a topic, by partition and offset; records that are no events of it are left out (poison of a cell). */
export async function eventsOf<T extends AnyTopic>(log: EventLog, topic: T): Promise<TopicEvent<T>[]> {
  const found: TopicEvent<T>[] = [];
  for (const { partition, low, high } of await log.watermarks(topic.name)) {
    for (let at = low; at < high; ) {
      const records = await log.read(topic.name, partition, at, 2_000);
      if (records.length === 0) break;
      for (const { key, value, headers, offset } of records) {
        at = offset + 1n;
        const decoded = decodeRecord(topic, headers, value);
        if (!decoded.ok || headers['dlq-id'] !== undefined) continue;
        const { version = 0 } = decoded.event.data as { version?: number };
        found.push({ key: key ?? '', version, partition, offset, bytes: `${headers['ce_type']} ${value?.toString() ?? ''}`, event: decoded.event });
      }
    }
  }
  return found;
}

/** Faults in the versions of a topic: of each key they rise, and a repeat says what it said before. */
export function versionFaults(topic: AnyTopic, events: readonly TopicEvent<AnyTopic>[]): string[] {
  const faults: string[] = [];
  const last = new Map<string, number>();
  const said = new Map<string, string>();
  for (const { key, version, bytes, offset } of events) {
    const name = `${topic.stream}/${key}/${version}`;
    const before = said.get(name);
    if (before !== undefined) {
      if (before !== bytes) faults.push(`${name} stands twice with other content`);
      continue;
    }
    said.set(name, bytes);
    if (version <= (last.get(key) ?? 0)) faults.push(`${name} at offset ${offset} comes after ${last.get(key)}`);
    last.set(key, version);
  }
  return faults;
}

/** Each version once, in order. */
export function once<T extends AnyTopic>(events: readonly TopicEvent<T>[]): TopicEvent<T>[] {
  return [...new Map(events.map((event) => [`${event.key} ${event.version}`, event])).values()].sort((a, b) => (a.key === b.key ? a.version - b.version : a.key < b.key ? -1 : 1));
}

export interface ScoredRow {
  readonly account_id: string;
  readonly state: Buffer;
  readonly verdict: string | null;
  readonly version: string | null;
}

export interface Delivery {
  readonly message_id: string;
  readonly state: string;
  readonly url: string;
}

/** Tables of the services that only the harness looks into, all at rest. */
export async function storedEffects(system: ChaosSystem) {
  const [messages, rejected, scored, contacts, entries, runs, tasks, deliveries, announced, inbox, stream] = await Promise.all([
    system.rows<{ source_id: string; message_id: string; received_at: Date }>('signal-ingestion', 'SELECT source_id, message_id, received_at FROM message'),
    system.rows<{ source_id: string; code: string; payload: string }>('signal-ingestion', `SELECT source_id, code, payload FROM rejected WHERE state = 'open' ORDER BY seq`),
    system.rows<ScoredRow>('health-scoring', 'SELECT h.account_id, h.state, p.verdict, p.verdict_version AS version FROM account_health h LEFT JOIN portfolio p USING (account_id)'),
    system.rows<{ account_id: string; person_id: string; facts: Buffer }>('health-scoring', 'SELECT account_id, person_id, facts FROM contact_health'),
    system.rows<{ account_id: string; source_id: string; signal_id: string; status: string }>('renewal-forecasting', 'SELECT account_id, source_id, signal_id, status FROM contract_entry'),
    system.rows<{ id: string; account_id: string; playbook_id: string; state: string }>('playbook-orchestration', 'SELECT id, account_id, playbook_id, state FROM playbook_run'),
    system.rows<{ id: string; run_id: string; title: string; status: string }>('playbook-orchestration', 'SELECT id, run_id, title, status FROM task'),
    system.rows<Delivery>('notifications', 'SELECT d.message_id, d.state, e.url FROM webhook_delivery d JOIN webhook_endpoint e ON e.id = d.endpoint_id'),
    system.rows<{ account_id: string; version: string }>('notifications', 'SELECT account_id, version FROM announced_risk_change'),
    system.rows<{ n: string }>('notifications', `SELECT count(*) AS n FROM inbox_item WHERE kind = 'risk_changed'`),
    system.rows<{ n: string }>('notifications', 'SELECT count(*) AS n FROM stream_event'),
  ]);
  return { messages, rejected, scored, contacts, entries, runs, tasks, deliveries, announced, inbox: Number(inbox[0]?.n), stream: Number(stream[0]?.n) };
}

export type StoredEffects = Awaited<ReturnType<typeof storedEffects>>;

export const verdictOf = ({ verdict }: ScoredRow): Omit<HealthState, 'version'> | null => (verdict === null ? null : (JSON.parse(verdict) as Omit<HealthState, 'version'>));
