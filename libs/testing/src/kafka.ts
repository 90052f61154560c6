import { containerBroker, dockerAnswers } from './kafka-container.js';
import { findJava, kafkaJars } from './kafka-jars.js';
import { javaBroker } from './kafka-process.js';

/** A Kafka to work against. */
export interface TestKafka {
  readonly brokers: string[];
  /** Where it comes from, for a log line. */
  readonly origin: 'KAFKA_BROKERS' | 'docker' | 'java';
  /** False for a broker that is not ours: `kill`, `pause`, `resume` and `restart` throw. */
  readonly controllable: boolean;
  /** Ends it and removes its data. Without it the broker ends with this process. */
  stop(): Promise<void>;
  /** SIGKILL; the data stay. */
  kill(): Promise<void>;
  /** Orderly: offsets are synced and sessions end. Without `restart` it stays down; the data stay. */
  shutDown(): Promise<void>;
  /** Freezes it: connections stay open and nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Starts it again after `kill` (or kills it first) on the same data and address; resolves when it answers. */
  restart(): Promise<void>;
}

export interface NoKafka {
  /** What to install or set, in one line. */
  readonly unavailable: string;
}

/**
 * A broker for tests and demos, the first that is there: `KAFKA_BROKERS` (host:port, comma separated); a
 * container, if a Docker engine answers at once; Apache Kafka's own jars, if Java 17+ and Maven are there
 * (fetched once into tools/kafka/libs). One per process, however often this is called; about 4 s at first.
 * It cannot outlive this process.
 */
export async function testKafka(env: NodeJS.ProcessEnv = process.env): Promise<TestKafka | NoKafka> {
  const given = env['KAFKA_BROKERS']?.split(',').map((broker) => broker.trim()).filter((broker) => broker !== '');
  if (given?.length) return foreignKafka(given);

  const reasons: string[] = [];
  if (await dockerAnswers(env)) {
    try {
      return await containerBroker();
    } catch (error) {
      reasons.push(`Docker answers, but the container did not start (${oneLine(error)})`);
    }
  } else {
    reasons.push('no Docker engine answers');
  }

  const java = await findJava(env);
  if ('missing' in java) {
    reasons.push(java.missing);
  } else {
    try {
      return await javaBroker(java.path, await kafkaJars(env));
    } catch (error) {
      reasons.push(`the Java broker did not start (${oneLine(error)})`);
    }
  }
  return { unavailable: `${reasons.join('; ')}: set KAFKA_BROKERS, start Docker, or install Java 17 and Maven` };
}

function foreignKafka(brokers: string[]): TestKafka {
  const refuse = async (): Promise<never> => {
    throw new Error('the broker comes from KAFKA_BROKERS and is not ours to stop: unset it to test faults');
  };
  return { brokers, origin: 'KAFKA_BROKERS', controllable: false, stop: async () => undefined, kill: refuse, shutDown: refuse, pause: refuse, resume: refuse, restart: refuse };
}

const oneLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 300);
