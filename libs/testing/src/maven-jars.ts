import { execFile } from 'node:child_process';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Folder with the jars of `<folder>/pom.xml`, called after its version of `artifact`. The first call fetches them with
 * Maven, which takes some seconds; several runners at once may each fetch, the first rename wins.
 */
export async function mavenJars(folder: string, artifact: string, env: NodeJS.ProcessEnv): Promise<string> {
  const pom = join(folder, 'pom.xml');
  const version = new RegExp(`<artifactId>${artifact.replaceAll('.', '\\.')}</artifactId>\\s*<version>([^<]+)<`).exec(await readFile(pom, 'utf8'))?.[1];
  if (!version) throw new Error(`${pom} names no version of ${artifact}`);
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
