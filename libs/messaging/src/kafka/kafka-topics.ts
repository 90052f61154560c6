import { setTimeout as sleep } from 'node:timers/promises';
// Node does not find ConfigResourceTypes among kafkajs' exports by name.
import kafkajs, { type Admin } from 'kafkajs';
import { Fatal, Transient } from '../errors.js';
import type { TopicSpec } from '../event-log.js';
import { brokerCodes } from './kafka-errors.js';
import type { WatermarkReader } from './watermark-reader.js';

/** Room for the envelope of a batch around a record of the largest size. */
const batchOverhead = 16 * 1024;
const dayMs = 86_400_000;
const servedWithinMs = 15_000;
/** Where a topic's setting was given to the topic itself: else it is a default of the broker. */
const ofTopic = kafkajs.ConfigSource.TOPIC_CONFIG;

/** What a producer has to know of a topic. */
export interface TopicLimits {
  /** The `compression.type` it was given; undefined: the broker's own holds. */
  readonly compressionType: string | undefined;
  /** Largest record and largest batch, bytes before compression. */
  readonly maxBytes: number;
}

/** Creates the topics that are missing and waits until all are served. Several processes may do so at once. */
export async function createMissingTopics(admin: Admin, watermarks: WatermarkReader, specs: readonly TopicSpec[]): Promise<void> {
  // Asked first, since creating one that exists is logged as an error and answered with `false`.
  const missing = await missingOf(admin, specs);
  if (missing.length === 0) return;
  try {
    await admin.createTopics({
      timeout: servedWithinMs,
      // It gives up on the first "unknown topic": the wait below does not.
      waitForLeaders: false,
      topics: missing.map((spec) => ({
        topic: spec.name,
        numPartitions: spec.partitions,
        // -1: the cluster's own default.
        replicationFactor: -1,
        configEntries: Object.entries(settingsOf(spec)).map(([name, value]) => ({ name, value })),
      })),
    });
  } catch (error) {
    if (!brokerCodes(error).has('TOPIC_ALREADY_EXISTS')) throw error;
  }
  await untilServed(watermarks, missing);
}

/** What a broker answers about a topic made a moment ago, until word of it has reached all its parts. */
const notYet = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION'];

/** Served is a topic whose partitions answer: records sent before that would be refused, or sent again out of order. */
async function untilServed(watermarks: WatermarkReader, topics: readonly TopicSpec[]): Promise<void> {
  const giveUpAt = Date.now() + servedWithinMs;
  for (const { name, partitions } of topics) {
    for (let pauseMs = 20; !(await isServed(watermarks, name, partitions)); pauseMs = Math.min(500, pauseMs * 2)) {
      if (Date.now() > giveUpAt) throw new Transient(`the broker does not serve ${name} yet`);
      await sleep(pauseMs);
    }
  }
}

async function isServed(watermarks: WatermarkReader, topic: string, partitions: number): Promise<boolean> {
  try {
    return (await watermarks.read(topic)).length >= partitions;
  } catch (error) {
    // kafkajs trips over a topic that its metadata do not have yet.
    if (error instanceof TypeError || notYet.some((code) => brokerCodes(error).has(code))) return false;
    throw error;
  }
}

async function missingOf(admin: Admin, specs: readonly TopicSpec[]): Promise<TopicSpec[]> {
  const existing = new Set(await admin.listTopics());
  return specs.filter(({ name }) => !existing.has(name));
}

function settingsOf(spec: TopicSpec): Record<string, string> {
  const kept: Record<string, string> = spec.compacted
    ? { 'cleanup.policy': 'compact', 'segment.ms': String(dayMs), 'min.cleanable.dirty.ratio': '0.2', 'max.compaction.lag.ms': String(7 * dayMs) }
    : {
        'cleanup.policy': 'delete',
        'retention.ms': String(spec.retentionMs ?? -1),
        // Only whole segments expire: eight of them, so that nothing stays much longer than it should.
        'segment.ms': String(spec.retentionMs === null ? 7 * dayMs : Math.min(7 * dayMs, Math.max(1, Math.ceil(spec.retentionMs / 8)))),
      };
  return {
    ...kept,
    // The record's time is when the log took it, whatever a producer's clock says.
    'message.timestamp.type': 'LogAppendTime',
    // Stock clients lack zstd: the broker converts. What only we read stays as it was sent.
    'compression.type': spec.compression === 'public' ? 'gzip' : 'producer',
    'max.message.bytes': String(spec.maxRecordBytes + batchOverhead),
  };
}

/** Settings of an existing topic, asked from the broker: the one source of truth for all its producers. */
export async function topicLimits(admin: Admin, topic: string): Promise<TopicLimits> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: ['compression.type', 'max.message.bytes'] }],
  });
  const entries = new Map(resources.flatMap(({ configEntries }) => configEntries).map((entry) => [entry.configName, entry]));
  const largest = Number(entries.get('max.message.bytes')?.configValue);
  const compression = entries.get('compression.type');
  return { compressionType: compression?.configSource === ofTopic ? compression.configValue : undefined, maxBytes: Math.max(1, (Number.isFinite(largest) ? largest : 1_048_576) - batchOverhead) };
}

/** `Fatal` when the topic does not exist. */
export async function partitionsOf(admin: Admin, topic: string): Promise<number> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const count = topics.find(({ name }) => name === topic)?.partitions.length ?? 0;
    if (count > 0) return count;
  } catch (error) {
    const codes = brokerCodes(error);
    if (!codes.has('UNKNOWN_TOPIC_OR_PARTITION')) throw error;
  }
  throw new Fatal(`topic ${topic} does not exist: create it with ensureTopics first`);
}
