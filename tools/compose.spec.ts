import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Service {
  image: string;
  build?: { target?: string; args?: { APP: string } };
  user?: string;
  read_only?: boolean;
  restart?: string;
  ports?: string[];
  cap_add?: string[];
  cap_drop?: string[];
  security_opt?: string[];
  volumes?: string[];
  environment?: Record<string, string>;
  healthcheck?: object;
  stop_grace_period?: string;
  profiles?: string[];
  depends_on?: Record<string, { condition: string }>;
  [other: string]: unknown;
}

const compose = parse(textOf('docker-compose.yml'), { merge: true }) as { services: Record<string, Service>; volumes: Record<string, object | null> };
const services = Object.entries(compose.services);
const dockerfile = textOf('deploy/docker/service.Dockerfile');
const { version } = JSON.parse(textOf('package.json')) as { version: string };
const apps = ['signal-ingestion', 'health-scoring', 'renewal-forecasting', 'playbook-orchestration', 'notifications', 'gateway'];
const exactTag = /^[\w./-]+:\d+\.\d+(\.\d+)?(-[\w.-]+)?$/;

describe('docker-compose.yml', () => {
  it('holds the five services, the gateway, what they stand on, two set-up steps and the command line', () => {
    expect(services.map(([name]) => name).sort()).toEqual([...apps, 'kafka', 'postgres', 'secrets', 'databases', 'cli'].sort());
  });

  it('has no default inside a default: the older docker-compose takes that as it stands', () => {
    expect(textOf('docker-compose.yml')).not.toMatch(/\$\{[^}]*\$\{/);
  });

  it('names every image by an exact tag, ours by the version of the package', () => {
    for (const [name, { image }] of services) expect([name, image]).toEqual([name, expect.stringMatching(image.startsWith('perennial/') ? new RegExp(`^perennial/[\\w-]+:${version.replaceAll('.', '\\.')}$`) : exactTag)]);
    for (const [, base] of dockerfile.matchAll(/^FROM (\S+:\S+)/gm)) expect(base).toMatch(exactTag);
  });

  it('publishes the gateway alone, on this host alone unless told otherwise', () => {
    expect(services.filter(([, { ports }]) => ports).map(([name, { ports }]) => [name, ports])).toEqual([['gateway', ['${PERENNIAL_BIND:-127.0.0.1}:${PERENNIAL_PORT:-8080}:8080']]]);
    expect(services.filter(([, service]) => service['network_mode'] === 'host')).toEqual([]);
  });

  it.each(services)('%s runs without root, rights or a writable root file system', (_name, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], user: expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/) });
    expect([service.cap_add, service['privileged'], service['devices'], service['pid'], service['ipc']]).toEqual(Array(5).fill(undefined));
  });

  it.each(services)('%s can run more than once, and keeps its data in named volumes only', (_name, service) => {
    expect(service['container_name']).toBeUndefined();
    for (const volume of service.volumes ?? []) expect(Object.keys(compose.volumes)).toContain(volume.split(':', 1)[0]);
  });

  it('holds no secret: passwords and keys come from volumes, and each app sees its own alone', () => {
    for (const [name, { environment = {} }] of services) {
      expect([name, Object.keys(environment).filter((key) => /PASSWORD|SECRET|_KEY|TOKEN|DATABASE_URL/.test(key) && !key.endsWith('_FILE'))]).toEqual([name, []]);
    }
    for (const app of [...apps, 'cli', 'postgres']) expect(compose.services[app]!.volumes!.filter((volume) => volume.startsWith('secrets-'))).toEqual([`secrets-${app}:/run/secrets/perennial:ro`]);
    const readers = (volume: string) => services.filter(([, service]) => service.volumes?.some((each) => each.startsWith(`${volume}:`))).map(([name]) => name).sort();
    for (const volume of Object.keys(compose.volumes).filter((name) => name.startsWith('secrets-'))) {
      expect([volume, readers(volume)]).toEqual([volume, [volume === 'secrets-setup' ? 'databases' : volume.replace('secrets-', ''), 'secrets'].sort()]);
    }
  });

  it('starts in the order of health', () => {
    const needs = { databases: { condition: 'service_completed_successfully' }, postgres: { condition: 'service_healthy' }, kafka: { condition: 'service_healthy' } };
    for (const app of apps) expect([app, compose.services[app]!.depends_on]).toEqual([app, expect.objectContaining(needs)]);
    expect(compose.services['databases']!.depends_on).toEqual({ secrets: { condition: 'service_completed_successfully' }, postgres: { condition: 'service_healthy' } });
    expect(compose.services['postgres']!.depends_on).toEqual({ secrets: { condition: 'service_completed_successfully' } });
  });

  it('brings back what dies, gives it time to drain, and asks it whether it is well', () => {
    const oneShots = ['secrets', 'databases', 'cli'];
    for (const [name, service] of services.filter(([each]) => !oneShots.includes(each))) {
      expect([name, service.restart]).toEqual([name, 'unless-stopped']);
      expect(Number.parseInt(service.stop_grace_period ?? '0', 10)).toBeGreaterThanOrEqual(20);
      if (!service.build) expect([name, service.healthcheck]).toEqual([name, expect.objectContaining({ test: expect.any(Array) })]);
    }
    for (const name of oneShots) expect([name, compose.services[name]!.restart]).toEqual([name, undefined]);
  });

  it('builds every app from the one Dockerfile', () => {
    for (const app of apps) expect([app, compose.services[app]!.build?.args?.APP, compose.services[app]!.image]).toEqual([app, app, `perennial/${app}:${version}`]);
    expect(compose.services['secrets']!.build?.target).toBe('cli');
  });

  const linter = [['docker', 'compose'], ['docker-compose']].find(([command, ...args]) => spawnSync(command!, [...args, 'version'], { stdio: 'ignore' }).status === 0);
  (linter ? it : it.skip)('passes the lint of docker compose', () => {
    const [command, ...args] = linter!;
    const { status, stderr } = spawnSync(command!, [...args, '-f', 'docker-compose.yml', 'config', '-q'], { cwd: root, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }, 30_000);
});

describe('deploy/docker/service.Dockerfile', () => {
  it('copies the manifest of every workspace, or installing would go astray', () => {
    const workspaces = ['libs', 'apps'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`));
    const copied = [...dockerfile.matchAll(/^COPY (\S+)\/package\.json \1\/$/gm)].map(([, path]) => path);
    expect(copied.sort()).toEqual(workspaces.filter((path) => !['apps/e2e', 'apps/console'].includes(path)).sort());
  });

  it('ends every image as a user that is not root, and asks services whether they are ready', () => {
    for (const stage of dockerfile.split(/^FROM /m).filter((text) => /^runtime AS |AS runtime\n/.test(text))) expect([...stage.matchAll(/^USER (\S+)$/gm)].at(-1)?.[1] ?? 'node').toBe('node');
    expect(dockerfile).toMatch(/^HEALTHCHECK [^]*\/health\/ready/m);
  });

  it('takes nothing into the images but what was built and what it runs on', () => {
    const taken = dockerfile.split('AS runtime\n')[1]!.match(/^COPY .*$/gm);
    expect(taken).toEqual(['COPY --from=production /src/node_modules node_modules', 'COPY --from=production /src/libs libs', 'COPY --from=production /src/apps apps', 'COPY --from=production /src/apps/${APP} apps/${APP}']);
  });
});
