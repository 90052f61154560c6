import type { TSchema } from 'typebox';
import { maxCausationDepth, type Headers } from './cloud-event.js';
import { signalInputSchema, signalKinds, signalType } from './signal.js';
import { allTopics, telemetryTopic } from './topics.js';
import type { AnyTopic } from './topic.js';

/** A record as it may stand in a topic. */
export interface RecordExample {
  readonly key: string;
  readonly headers: Headers;
  readonly data: unknown;
}

type Json = Readonly<Record<string, unknown>>;

/** What a reader of the document has to know of each topic; a topic without a text is refused. */
const descriptions: Readonly<Record<string, string>> = {
  telemetry: 'The front door: vendor calls, signals and rejected input as they were accepted. Any producer may write signals here; they are deduplicated by source and id. Kept for 7 days.',
  signals: 'Every signal of every account: identity resolved, time corrected. Marks of a restatement stand among them.',
  accounts: 'The whole state of each account: attributes, aliases, hierarchy, and the stakeholders that hold a role.',
  users: 'The people who work with Perennial.',
  health: 'The whole verdict on each account: score, measures with their contributions, indicators, strikes, risk level.',
  sources: 'How each kind of signal flows in over all accounts, and each source: alive, or gone quiet.',
  renewals: 'All renewals of each account, with their forecasts.',
  plans: 'All plans of each account.',
  'risk-changes': 'The risk level of an account changed: from, to, and why. Written only on change; for other systems to act on.',
  playbooks: 'What playbooks do: runs and tasks.',
  scorecards: 'Scorecards as they were put in force, rolled back or retired, with how many accounts that moved; told once every account has been looked at.',
  notifications: 'What became of each message to a webhook endpoint or an inbox.',
  people: 'Who was erased, once for each account of theirs: readers take them out of what they keep in words. Emptied after that, where the log can.',
};

/** The AsyncAPI 3 document of all topics. `examples` are looked up by topic and event type. */
export function asyncApi(examples: (topic: AnyTopic, type: string) => RecordExample | undefined, topics: readonly AnyTopic[] = allTopics): Json {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Perennial topics',
      version: '1.0.0',
      description: 'Events are CloudEvents 1.0 in Kafka binary mode; structured mode is read too. Within a topic the events of one key keep their order.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(topics.map((topic) => [topic.stream, channel(topic)])),
    operations: Object.fromEntries(topics.map((topic) => operation(topic))),
    components: {
      messages: Object.fromEntries(topics.flatMap((topic) => Object.entries(topic.events).map(([type, schema]) => [messageId(topic, type), message(topic, type, schema, examples(topic, type))]))),
      schemas: { headers },
    },
  };
}

const messageId = (topic: AnyTopic, type: string): string => `${topic.stream}.${type}`;

function channel(topic: AnyTopic): Json {
  const description = descriptions[topic.stream];
  if (!description) throw new Error(`describe the topic ${topic.name} in async-api.ts`);
  return {
    address: topic.name,
    description: `${description} ${topic.public ? 'Public: read it with any client.' : 'Internal: compressed with zstd where it is worth it, or as its producer chose.'}`,
    messages: Object.fromEntries(Object.keys(topic.events).map((type) => [type, { $ref: `#/components/messages/${messageId(topic, type)}` }])),
    bindings: {
      kafka: {
        topic: topic.name,
        topicConfiguration: { 'cleanup.policy': [topic.kind === 'state' ? 'compact' : 'delete'], ...(topic.retentionDays === null ? {} : { 'retention.ms': topic.retentionDays * 86_400_000 }) },
        bindingVersion: '0.5.0',
      },
    },
  };
}

/** Seen from Perennial: it sends everything, and receives at the front door. */
function operation(topic: AnyTopic): [string, Json] {
  const action = topic === telemetryTopic ? 'receive' : 'send';
  const name = topic.stream.replace(/(^|-)(\w)/g, (_all, _dash, letter: string) => letter.toUpperCase());
  return [`${action}${name}`, { action, channel: { $ref: `#/channels/${topic.stream}` } }];
}

function message(topic: AnyTopic, type: string, schema: TSchema, example: RecordExample | undefined): Json {
  return {
    name: type,
    headers: { $ref: '#/components/schemas/headers' },
    payload: plain(payloadSchema(topic, type, schema)),
    bindings: { kafka: { key: { type: 'string', description: keyDescriptions[topic.key] }, bindingVersion: '0.5.0' } },
    ...(example ? { examples: [{ headers: example.headers, payload: example.data }] } : {}),
  };
}

/** `telemetry` takes signals unchecked, so that a bad one is listed and not lost; a producer needs the real shape. */
function payloadSchema(topic: AnyTopic, type: string, schema: TSchema): TSchema {
  const kind = topic === telemetryTopic ? signalKinds.find((one) => signalType(one) === type) : undefined;
  return kind ? signalInputSchema(kind) : schema;
}

const keyDescriptions: Readonly<Record<AnyTopic['key'], string>> = {
  accountId: 'account id',
  userId: 'user id',
  identity: 'user id, else anonymous id, else person id, else account id',
  signalKind: 'kind of signal, or id of the source',
  scorecardId: 'id of the scorecard',
};

const text = (description: string): Json => ({ type: 'string', description });

const headers: Json = {
  type: 'object',
  required: ['ce_id', 'ce_type'],
  properties: {
    ce_specversion: { type: 'string', const: '1.0' },
    ce_id: text('unique per source; of versioned topics <stream>/<key>/<version>'),
    ce_type: text('the event type'),
    ce_source: text('the service or system that wrote it'),
    ce_time: { type: 'string', format: 'date-time' },
    ce_subject: text('account id (users: user id)'),
    ce_causationid: text('id of the event that led to this one'),
    ce_causationdepth: { type: 'string', pattern: '^\\d+$', description: `length of the chain of causes; above ${maxCausationDepth} the event is dead-lettered` },
    traceparent: text('W3C trace context'),
    'content-type': text('application/json, or application/cloudevents+json in structured mode'),
  },
};

/** Plain JSON: schemas carry symbols and hidden properties for the type checker. */
const plain = (schema: TSchema): unknown => JSON.parse(JSON.stringify(schema));
