import type { Static, TSchema } from 'typebox';

/** CloudEvents `type` of an event, e.g. `perennial.risk.changed.v1`. */
export type EventType = string;

export type EventSchemas = Readonly<Record<EventType, TSchema>>;

/**
 * A topic is one value: its name, what it is keyed by, how long it is kept and the schema of every
 * event that may stand in it. Nobody types a topic string.
 */
export interface Topic<E extends EventSchemas = EventSchemas> {
  /** Short name, e.g. `signals`; the consumer group of a service is `<service>.<stream>`. */
  readonly stream: string;
  /** Full name, e.g. `perennial.signals.v1`. */
  readonly name: string;
  /** `state`: compacted, each event is the whole state of its key. `log`: kept for `retentionDays`. */
  readonly kind: 'state' | 'log';
  readonly retentionDays: number | null;
  readonly key: 'accountId' | 'userId' | 'identity' | 'signalKind' | 'scorecardId';
  /** Where so little comes that its readers need not share it; null: as many as topics have. */
  readonly partitions: number | null;
  /** Versioned events carry `version`, strictly rising per key; consumers drop what is not above the last. */
  readonly versioned: boolean;
  /** Public topics are read by clients that are not ours (gzip or no compression only). */
  readonly public: boolean;
  readonly events: E;
}

export type AnyTopic = Topic;

/** Union of `{ type, data }` over all events of a topic. */
export type EventOf<T extends AnyTopic> =
  T extends Topic<infer E> ? { [K in keyof E & string]: { readonly type: K; readonly data: Static<E[K]> } }[keyof E & string] : never;

export type EventTypeOf<T extends AnyTopic> = EventOf<T>['type'];
export type DataOf<T extends AnyTopic, K extends EventTypeOf<T>> = Extract<EventOf<T>, { type: K }>['data'];

interface TopicOptions<E extends EventSchemas> {
  stream: string;
  version: number;
  kind: 'state' | 'log';
  retentionDays?: number;
  key: Topic['key'];
  partitions?: number;
  versioned?: boolean;
  public?: boolean;
  events: E;
}

/** Defines a topic named `perennial.<stream>.v<version>`. A `log` needs `retentionDays` (days). */
export function defineTopic<const E extends EventSchemas>(options: TopicOptions<E>): Topic<E> {
  if (options.kind === 'log' && options.retentionDays === undefined) {
    throw new Error(`topic ${options.stream}: a log topic needs retentionDays`);
  }
  return {
    stream: options.stream,
    name: `perennial.${options.stream}.v${options.version}`,
    kind: options.kind,
    retentionDays: options.retentionDays ?? null,
    key: options.key,
    partitions: options.partitions ?? null,
    versioned: options.versioned ?? true,
    public: options.public ?? false,
    events: options.events,
  };
}

/** Dead-letter topic of one group, e.g. `perennial.signals.v1.health-scoring.dead-letter`. */
export function deadLetterTopicName(topic: AnyTopic, service: string): string {
  return `${topic.name}.${service}.dead-letter`;
}
