import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findJava } from '@perennial/testing/kafka-jars';
import { mavenJars } from '@perennial/testing/maven-jars';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('.', import.meta.url));
const giveUpMs = 170_000;

export interface StreamsOptions {
  readonly threads: number;
  readonly store: 'memory' | 'rocksdb';
  readonly commitMs: number;
  /** Events before the measurement: the Java machine compiles meanwhile. */
  readonly warm: number;
  readonly count: number;
}

/** Events/s at which a fresh Kafka Streams program (DayCounts.java) folds what lies on `topic`, from its `warm`th event on. */
export async function streamsRate(brokers: readonly string[], topic: string, group: string, { threads, store, commitMs, warm, count }: StreamsOptions): Promise<number> {
  const java = await findJava(process.env);
  if ('missing' in java) throw new Error(`no Kafka Streams: ${java.missing}`);
  const jars = await mavenJars(folder, 'kafka-streams', process.env);
  const program = ['-Xms1g', '-Xmx2g', '-cp', `${jars}/*`, `${folder}DayCounts.java`];
  const { stdout } = await run(java.path, [...program, brokers.join(','), topic, group, threads, store, commitMs, warm, count].map(String), { timeout: giveUpMs });
  return Number(stdout);
}
