import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
/** A machine with other things to do is slow, not ill. */
export const longestMs = 900_000;
const oneShots = ['secrets', 'databases'];

export interface Container {
  readonly id: string;
  readonly service: string;
  readonly state: string;
  readonly healthy: boolean;
}

/** docker-compose.yml as a project of its own, with a receiver of webhooks; by `docker compose`, or the older `docker-compose`. */
export class Compose {
  private readonly command: readonly string[];

  constructor(
    private readonly project: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {
    const found = [['docker', 'compose'], ['docker-compose']].find(([command, ...args]) => spawnSync(command!, [...args, 'version'], { stdio: 'ignore' }).status === 0);
    if (!found) throw new Error('neither `docker compose` nor `docker-compose` is here');
    this.command = found;
  }

  get name(): string {
    return this.command.join(' ');
  }

  async compose(...args: string[]): Promise<string> {
    const [command, ...before] = this.command;
    const files = ['-p', this.project, '-f', join(root, 'docker-compose.yml'), '-f', join(root, 'tools/prove-compose/sink.compose.yml'), '--project-directory', root];
    return this.run(command!, ...before, ...files, ...args);
  }

  docker(...args: string[]): Promise<string> {
    return this.run('docker', ...args);
  }

  async containers(): Promise<Container[]> {
    const format = '{{.ID}}\t{{.Label "com.docker.compose.service"}}\t{{.State}}\t{{.Status}}';
    const text = await this.docker('ps', '-a', '--filter', `label=com.docker.compose.project=${this.project}`, '--format', format);
    return text.split('\n').filter(Boolean).map((line) => {
      const [id, service, state, status] = line.split('\t') as [string, string, string, string];
      return { id, service, state, healthy: /\(healthy\)/.test(status) || (service === 'sink' && state === 'running') };
    });
  }

  of = async (service: string): Promise<Container[]> => (await this.containers()).filter((each) => each.service === service);

  /** Waits until every container but the one-shots is healthy and `service` has `count` of them; answers the seconds it took. */
  async untilHealthy(timeoutMs = longestMs, service?: string, count = 1): Promise<number> {
    const startedAt = performance.now();
    for (;;) {
      const all = (await this.containers()).filter((each) => !oneShots.includes(each.service));
      const ill = all.filter((each) => !each.healthy);
      if (all.length > 0 && ill.length === 0 && (!service || all.filter((each) => each.service === service).length === count)) return (performance.now() - startedAt) / 1000;
      if (performance.now() - startedAt > timeoutMs) throw new Error(`not healthy after ${timeoutMs / 1000} s: ${ill.map((each) => `${each.service} ${each.state}`).join(', ')}`);
      await sleep(500);
    }
  }

  private async run(command: string, ...args: string[]): Promise<string> {
    const { stdout } = await run(command, args, { cwd: root, env: { ...process.env, ...this.env }, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  }
}
