import { faultOf } from './validator.js';
import type { AnyTopic, EventOf } from './topic.js';

/** Headers of one record: text only. */
export type Headers = Readonly<Record<string, string>>;

/** The envelope of an event: a CloudEvent 1.0, in Kafka binary mode on the wire. */
export interface Envelope {
  readonly id: string;
  readonly source: string;
  readonly time: string;
  /** Account id (`users`: user id). Null only on `telemetry`. */
  readonly subject: string | null;
  readonly causationId: string | null;
  /** Events between this one and the first of its chain; above 8 it is dead-lettered. */
  readonly causationDepth: number;
  readonly traceparent: string | null;
}

export const maxCausationDepth = 8;

export type Decoded<T extends AnyTopic> = { readonly ok: true; readonly envelope: Envelope; readonly event: EventOf<T> };
/** A record that can never be read. `code` is stable, `detail` says what to do. */
export interface Undecodable {
  readonly ok: false;
  readonly code: 'missing_header' | 'unknown_type' | 'unknown_version' | 'not_json' | 'schema' | 'tombstone' | 'causation_too_deep';
  readonly detail: string;
}

/** Headers of an event in binary mode; the record's value is the JSON of `data` alone. */
export function encodeHeaders(type: string, envelope: Envelope): Record<string, string> {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: envelope.id,
    ce_type: type,
    ce_source: envelope.source,
    ce_time: envelope.time,
    ce_causationdepth: String(envelope.causationDepth),
    'content-type': 'application/json',
  };
  if (envelope.subject !== null) headers['ce_subject'] = envelope.subject;
  if (envelope.causationId !== null) headers['ce_causationid'] = envelope.causationId;
  if (envelope.traceparent !== null) headers['traceparent'] = envelope.traceparent;
  return headers;
}

/**
 * Reads a record of `topic`, binary or structured mode (CloudEvents Kafka binding 1.0). Only `ce_*` and
 * `traceparent` headers are looked at. The data is checked against the topic's schema of that type.
 */
export function decodeRecord<T extends AnyTopic>(topic: T, headers: Headers, value: Buffer | null): Decoded<T> | Undecodable {
  if (value === null) return { ok: false, code: 'tombstone', detail: 'an empty value is no event' };
  const json = parse(value);
  if (json === undefined) return { ok: false, code: 'not_json', detail: 'the value must be JSON in UTF-8' };
  const structured = headers['content-type']?.startsWith('application/cloudevents+json') ?? false;
  const attributes = structured ? attributesOf(json) : headers;
  const data = structured ? dataOf(json) : json;
  const prefix = structured ? '' : 'ce_';

  const type = attributes[`${prefix}type`];
  const id = attributes[`${prefix}id`];
  if (!type || !id) return { ok: false, code: 'missing_header', detail: `CloudEvents attributes id and type are required (${prefix}id, ${prefix}type)` };
  const depth = Number(attributes[`${prefix}causationdepth`] ?? 0);
  if (!Number.isInteger(depth) || depth < 0) return { ok: false, code: 'missing_header', detail: 'causationdepth must be a whole number from 0' };
  if (depth > maxCausationDepth) return { ok: false, code: 'causation_too_deep', detail: `causation depth ${depth} is above ${maxCausationDepth}: a loop of effects` };
  const schema = Object.hasOwn(topic.events, type) ? topic.events[type] : undefined;
  if (!schema) {
    const known = Object.keys(topic.events);
    const stem = type.replace(/\.v\d+$/, '');
    return known.some((name) => name.replace(/\.v\d+$/, '') === stem)
      ? { ok: false, code: 'unknown_version', detail: `this version of ${stem} is not known here` }
      : { ok: false, code: 'unknown_type', detail: `${topic.name} carries ${known.length} types, not this one` };
  }
  const fault = faultOf(schema, data);
  if (fault) return { ok: false, code: 'schema', detail: `${fault.pointer || '/'} ${fault.detail}` };

  const envelope: Envelope = {
    id,
    source: attributes[`${prefix}source`] ?? '',
    time: attributes[`${prefix}time`] ?? '',
    subject: attributes[`${prefix}subject`] ?? null,
    causationId: attributes[`${prefix}causationid`] ?? null,
    causationDepth: depth,
    traceparent: headers['traceparent'] ?? attributes['traceparent'] ?? null,
  };
  return { ok: true, envelope, event: { type, data } as EventOf<T> };
}

function parse(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function dataOf(json: unknown): unknown {
  return typeof json === 'object' && json !== null && 'data' in json ? json.data : undefined;
}

function attributesOf(json: unknown): Record<string, string> {
  if (typeof json !== 'object' || json === null) return {};
  return Object.fromEntries(Object.entries(json).filter(([name, value]) => name !== 'data' && (typeof value === 'string' || typeof value === 'number')).map(([name, value]) => [name, String(value)]));
}
