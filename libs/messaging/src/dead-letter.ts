import type { Headers } from '@perennial/contracts/cloud-event';
import { deadLetterTopicName, type AnyTopic } from '@perennial/contracts/topic';
import { topicSpec, type LogRecord, type TopicSpec } from './event-log.js';

/** Header of a replayed record: id of the dead letter it comes from. */
export const deadLetterIdHeader = 'dlq-id';

/** `undecodable`: not an event of its topic; `poison`: the handler refused it; `unknown`: it failed every time. */
export type DeadLetterClass = 'undecodable' | 'poison' | 'unknown';
export type DeadLetterState = 'dead' | 'replayed' | 'superseded';

/** Why a record cannot be applied. */
export interface Refusal {
  readonly class: DeadLetterClass;
  /** Stable, for machines. */
  readonly code: string;
  /** For people; redacted, at most 512 characters. */
  readonly message: string;
}

/** Id of a record's dead letter in a service: the same however often the chunk is repeated. */
export function deadLetterId(service: string, topic: AnyTopic, partition: number, offset: bigint): string {
  return `${service}.${topic.stream}.${partition}.${offset}`;
}

/** True when `id` was given by `service` to a record of `topic`. */
export function isOwnDeadLetterId(id: string, service: string, topic: AnyTopic): boolean {
  return id.startsWith(`${service}.${topic.stream}.`);
}

/** Dead letters outlive their source's records and carry more headers, so their records may be larger. */
export function deadLetterTopicSpec(topic: AnyTopic, service: string): TopicSpec {
  const source = topicSpec(topic);
  return {
    name: deadLetterTopicName(topic, service),
    partitions: 1,
    compacted: false,
    retentionMs: Math.max(source.retentionMs ?? 0, 90 * 86_400_000),
    compression: 'internal',
    maxRecordBytes: source.maxRecordBytes * 2,
  };
}

export interface DeadLetterOrigin {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly record: LogRecord;
  readonly attempt: number;
  readonly firstSeen: Date;
  readonly serviceVersion: string;
}

/** The record's own headers (traceparent among them) and what became of it. */
export function deadLetterHeaders(origin: DeadLetterOrigin, refusal: Refusal): Headers {
  const { record } = origin;
  return {
    ...record.headers,
    [deadLetterIdHeader]: origin.id,
    'dlq-topic': origin.topic,
    'dlq-partition': String(origin.partition),
    'dlq-offset': String(record.offset),
    'dlq-timestamp': record.timestamp.toISOString(),
    'dlq-class': refusal.class,
    'dlq-code': refusal.code,
    'dlq-message': refusal.message,
    'dlq-attempt': String(origin.attempt),
    'dlq-first-seen': origin.firstSeen.toISOString(),
    'dlq-service-version': origin.serviceVersion,
  };
}

/** Headers of the record as it first stood in its topic, with the id that makes its replay known. */
export function replayHeaders(headers: Headers, id: string): Headers {
  const own = Object.entries(headers).filter(([name]) => !name.startsWith('dlq-'));
  return { ...Object.fromEntries(own), [deadLetterIdHeader]: id };
}
