import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { mavenJars } from './maven-jars.js';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('../../../tools/kafka/', import.meta.url));
const oldestJava = 17;

/** Path of a Java that can run Kafka 4, or why there is none. */
export async function findJava(env: NodeJS.ProcessEnv): Promise<{ path: string } | { missing: string }> {
  const path = env['JAVA_HOME'] ? join(env['JAVA_HOME'], 'bin', 'java') : 'java';
  try {
    const { stderr } = await run(path, ['-version'], { timeout: 10_000 });
    const major = Number(/version "(\d+)/.exec(stderr)?.[1]);
    return major >= oldestJava ? { path } : { missing: `Java ${major} is too old (${oldestJava} is needed)` };
  } catch {
    return { missing: 'no Java' };
  }
}

/** Folder with Kafka's jars, of the version in tools/kafka/pom.xml (43 MB, fetched at the first call). */
export function kafkaJars(env: NodeJS.ProcessEnv): Promise<string> {
  return mavenJars(folder, 'kafka_2.13', env);
}
