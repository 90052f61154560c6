import { jest } from '@jest/globals';
import { newIdentityKeys } from '../src/identity-token.js';
import { testPostgres } from '@perennial/testing/postgres';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

jest.setTimeout(60_000);
const typescript = fileURLToPath(new URL('../../testing/jest/register-typescript.mjs', import.meta.url));
const script = fileURLToPath(new URL('./greeter-main.ts', import.meta.url));

/** The service as a process of its own; `lines` are its log. */
function run(env: Record<string, string>) {
  const child = spawn(process.execPath, ['--conditions=source', '--import', typescript, script], { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (part: Buffer) => (text += part.toString()));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const lines = () => text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as { msg: string; url?: string; fault?: string; service?: string });
  const line = async (msg: string) => {
    for (let i = 0; i < 600; i++) {
      const found = lines().find((one) => one.msg === msg);
      if (found) return found;
      await sleep(25);
    }
    throw new Error(`never said "${msg}": ${text}`);
  };
  return { child, ended, lines, line, raw: () => text };
}

async function settings(): Promise<Record<string, string>> {
  const postgres = await testPostgres();
  const [databaseUrl, logUrl] = [await postgres.emptyDatabase(), await postgres.emptyDatabase()];
  return { DATABASE_URL: databaseUrl, LOG_DATABASE_URL: logUrl, IDENTITY_PUBLIC_KEY: (await newIdentityKeys()).publicJwk, HOST: '127.0.0.1', PORT: '0' };
}

describe('a service as a process of its own', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('on %s finishes the request in hand and ends with 0', async (signal) => {
    const service = run(await settings());
    const { url } = await service.line('ready');
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const slow = fetch(`${url}/greeter/slow`).then((response) => response.json());
    await sleep(150);
    const startedAt = performance.now();
    service.child.kill(signal);
    expect(await slow).toEqual({ done: true });
    expect(await service.ended).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('names the service once in each line of its log', async () => {
    const service = run(await settings());
    const { url } = await service.line('ready');
    expect((await fetch(`${url}/greeter/broken`)).status).toBe(500);
    await service.line('request failed');
    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    for (const line of service.raw().trim().split('\n')) expect(line.match(/"service":/g)).toHaveLength(1);
  });

  it('tells every fault of its settings by name, and ends with 1', async () => {
    const service = run({ ...(await settings()), DATABASE_URL: 'mysql://user:hunter2@x/y', PORT: 'eighty', GREETING: 'rude', LOG_DATABASE_URL: '', TRUSTED_PROXIES: 'everybody' });
    expect(await service.ended).toBe(1);
    const faults = service.lines().map(({ fault }) => fault);
    expect(faults).toEqual(expect.arrayContaining([expect.stringMatching(/^DATABASE_URL /), expect.stringMatching(/^PORT /), expect.stringMatching(/^TRUSTED_PROXIES /), 'KAFKA_BROKERS or LOG_DATABASE_URL is required', 'GREETING must be polite']));
    expect(JSON.stringify(service.lines())).not.toMatch(/hunter2|eighty/);
  });

  it('says in one line that the database is away, and ends with 1', async () => {
    const service = run({ ...(await settings()), DATABASE_URL: 'postgres://user:hunter2@127.0.0.1:1/x' });
    expect(await service.ended).toBe(1);
    expect(service.lines().at(-1)).toMatchObject({ msg: 'the service did not start', service: 'greeter' });
    expect(JSON.stringify(service.lines())).not.toContain('hunter2');
  });

  it('puts the caller\'s trace into its answers', async () => {
    const service = run(await settings());
    const { url } = await service.line('ready');
    const answer = await fetch(`${url}/nowhere`, { headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' } });
    expect(await answer.json()).toMatchObject({ status: 404, traceId: '4bf92f3577b34da6a3ce929d0e0e4736' });
    expect(await (await fetch(`${url}/nowhere`)).json()).toMatchObject({ traceId: expect.stringMatching(/^(?!0{32})[0-9a-f]{32}$/) });
    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
  });
});
