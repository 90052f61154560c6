import { execFile } from 'node:child_process';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

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

/**
 * Folder with Kafka's jars, of the version in tools/kafka/pom.xml. The first call fetches them with Maven
 * (43 MB, some seconds); several runners at once may each fetch, the first rename wins.
 */
export async function kafkaJars(env: NodeJS.ProcessEnv): Promise<string> {
  const pom = join(folder, 'pom.xml');
  const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(await readFile(pom, 'utf8'))?.[1];
  if (!version) throw new Error(`${pom} names no version of kafka_2.13`);
  const target = join(folder, 'libs', version);
  if (await exists(target)) return target;

  const partial = `${target}.partial-${process.pid}`;
  await mkdir(partial, { recursive: true });
  try {
    await run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`], { timeout: 240_000, env }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? new Error('no Maven: install it (mvn), it fetches the jars of Kafka') : error;
    });
    await rename(partial, target).catch(async (error: unknown) => {
      if (!(await exists(target))) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return target;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
