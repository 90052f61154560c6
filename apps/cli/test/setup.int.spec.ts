import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parseGatewayConfig } from '@perennial/gateway/config';
import { processSettings } from '@perennial/service-kit/settings';
import { OwnPostgres } from '@perennial/testing/postgres';
import pg from 'pg';
import { perennial } from './perennial-process.js';

const longestMs = 120_000;
const readers = ['setup', 'postgres', 'cli', 'gateway', 'signal-ingestion', 'health-scoring', 'renewal-forecasting', 'playbook-orchestration', 'notifications'];
const withDatabase = readers.slice(3);

describe('perennial setup', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'perennial-setup-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const files = () => readers.flatMap((reader) => readdirSync(join(dir, reader)).map((name) => join(reader, name))).sort();
  const textOf = (path: string) => readFileSync(join(dir, path), 'utf8');
  const envOf = (service: string) => parseEnv(textOf(join(service, 'env'))) as Record<string, string>;

  it('secrets: lays out for each reader what it may know, and no more', async () => {
    expect(await perennial('setup', 'secrets', '--dir', dir, '--public-url', 'https://perennial.example')).toMatchObject({ code: 0, stderr: '' });
    expect(files()).toEqual(['cli/credentials.json', ...withDatabase.map((service) => `${service}/env`), 'postgres/password', 'setup/secrets.json'].sort());
    for (const path of files()) expect([path, statSync(join(dir, path)).mode & 0o777]).toEqual([path, path === 'postgres/password' ? 0o444 : 0o600]);

    for (const service of withDatabase) {
      expect(processSettings({ ...envOf(service), KAFKA_BROKERS: 'kafka:9092' }).faults).toEqual([]);
      expect(envOf(service)['DATABASE_URL']).toMatch(new RegExp(`^postgres://${service}:[\\w-]{24}@postgres:5432/${service}$`));
    }
    expect(new Set(withDatabase.map((service) => new URL(envOf(service)['DATABASE_URL']!).password)).size).toBe(withDatabase.length);
    expect(parseGatewayConfig(envOf('gateway')).faults.filter((fault) => !/^[A-Z_]+_URL is required$/.test(fault))).toEqual([]);
    const holders = (name: string) => withDatabase.filter((service) => name in envOf(service));
    for (const name of ['IDENTITY_PRIVATE_KEY', 'ADMIN_PASSWORD', 'FIRST_API_KEY']) expect([name, holders(name)]).toEqual([name, ['gateway']]);
    for (const name of ['FIRST_WRITE_KEY', 'SOURCE_SECRETS_KEY']) expect([name, holders(name)]).toEqual([name, ['signal-ingestion']]);
    expect(Buffer.from(envOf('signal-ingestion')['SOURCE_SECRETS_KEY']!, 'base64url')).toHaveLength(32);
  }, longestMs);

  it('credentials shows the sign-in and keys of it', async () => {
    const { code, stdout } = await perennial('credentials', '--data-dir', join(dir, 'cli'));
    expect(code).toBe(0);
    for (const word of ['https://perennial.example', envOf('gateway')['ADMIN_PASSWORD']!, envOf('gateway')['FIRST_API_KEY']!, envOf('signal-ingestion')['FIRST_WRITE_KEY']!]) expect(stdout).toContain(word);
  }, longestMs);

  it('secrets again changes nothing, and mends a folder that was lost', async () => {
    const before = Object.fromEntries(files().map((path) => [path, textOf(path)]));
    rmSync(join(dir, 'notifications'), { recursive: true });
    await perennial('setup', 'secrets', '--dir', dir, '--public-url', 'https://perennial.example');
    expect(Object.fromEntries(files().map((path) => [path, textOf(path)]))).toEqual(before);
  }, longestMs);

  it('an empty public address is that of this machine', async () => {
    await perennial('setup', 'secrets', '--dir', dir, '--port', '9090', '--public-url', '');
    expect((await perennial('credentials', '--data-dir', join(dir, 'cli'))).stdout).toContain('http://127.0.0.1:9090');
  }, longestMs);

  it('databases: each role enters its own database and no other; again changes nothing', async () => {
    await using postgres = await OwnPostgres.start();
    for (const time of ['first', 'again']) {
      expect([time, await perennial('setup', 'databases', '--dir', dir, '--admin-url', postgres.adminUrl)]).toEqual([time, expect.objectContaining({ code: 0, stderr: '' })]);
    }
    const enter = async (role: string, database: string): Promise<boolean> => {
      const url = new URL(postgres.adminUrl);
      const password = new URL(envOf(role)['DATABASE_URL']!).password;
      const client = new pg.Client({ user: role, password, database, host: url.searchParams.get('host') ?? url.hostname, ...(url.port ? { port: Number(url.port) } : {}) });
      try {
        await client.connect();
        return true;
      } catch {
        return false;
      } finally {
        await client.end();
      }
    };
    const all = [...withDatabase, 'postgres', 'template1'];
    for (const role of withDatabase) expect([role, (await Promise.all(all.map(async (name) => [name, await enter(role, name)] as const))).filter(([, in_]) => in_).map(([name]) => name)]).toEqual([role, [role]]);
  }, longestMs);

  it('databases says in one line that there are no secrets', async () => {
    const { code, stderr } = await perennial('setup', 'databases', '--dir', join(dir, 'nothing'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^perennial: there are no secrets in [^\n]+\n$/);
  }, longestMs);
});
