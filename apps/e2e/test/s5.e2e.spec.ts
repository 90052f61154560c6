import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describeOnBothLogs } from './both-logs.js';
import { prepareAccount } from './prepared-account.js';
import { Receiver } from './receiver.js';
import { System, dayAfter, until } from './system.js';

type Json = Record<string, unknown>;
const cli = join(import.meta.dirname, '../../cli/bin/perennial.js');
interface Job {
  readonly id: string;
  readonly state: string;
  readonly rows: { readonly read: number; readonly taken: number; readonly repeated: number; readonly rejected: number };
  readonly signals: number;
  readonly errorsFile: string | null;
}

await describeOnBothLogs('S5: files and backfill', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  let system: System;
  let folder: string;
  let receiver: Receiver;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'perennial-import-'));
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
    receiver = await Receiver.start();
    receiver.secret = (await system.post<{ secret: string }>('/api/v1/webhook-endpoints', { url: receiver.url })).secret;
  }, 60_000);
  afterAll(async () => {
    await receiver?.stop();
    await system?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  const write = (name: string, content: string | Buffer) => writeFileSync(join(folder, name), content);
  /** `perennial import` in the folder; its preview and progress go to `told`. */
  const importFile = async (...args: string[]): Promise<{ code: number; job: Job; told: string }> => {
    const reach = ['--url', system.ready.url, '--api-key', system.ready.apiKey, '--json'];
    const { code, stdout, stderr } = await promisify(execFile)(process.execPath, [cli, 'import', ...args, ...reach], { cwd: folder }).then(
      (out) => ({ code: 0, ...out }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    return { code, job: stdout === '' ? (null as never) : (JSON.parse(stdout) as Job), told: stderr };
  };

  it('imports a book with the documented commands: preview, dry run, faulty rows by number, the same effect as live signals', async () => {
    write('customers.csv', Buffer.from('Kundennr;Name;Tier;Land;Kunde seit\nfile;Müller GmbH;mid;DE;01.02.2024\nbroken;B;mid;Germany;\n', 'latin1'));
    const accounts = ['customers.csv', '--as', 'accounts', '--map', 'Kundennr=accountId', '--map', 'Land=country', '--map', 'Kunde seit=createdAt'];
    const dry = await importFile(...accounts, '--dry-run');
    expect(dry).toMatchObject({ code: 1, job: { rows: { read: 2, taken: 1, rejected: 1 } }, told: expect.stringContaining('windows-1252') });
    expect((await system.call('GET', '/api/v1/accounts/file')).status).toBe(404);
    expect(await importFile(...accounts)).toMatchObject({ code: 1, job: { rows: { taken: 1, rejected: 1 } } });
    expect(readFileSync(join(folder, 'customers.csv.errors.csv'), 'utf8')).toBe('row,line,column,code,detail\n3,3,Land,invalid_value,is no country code of two letters (ISO 3166)\n');
    expect(await system.get('/api/v1/accounts/file')).toMatchObject({ name: 'Müller GmbH', country: 'DE', createdAt: '2024-02-01T00:00:00.000Z' });

    // The same customer by signals and by files: the same facts, measures and score.
    const { signals } = prepareAccount('file', start, { endsOn: dayAfter(start, 200) });
    await system.signals(prepareAccount('live', start, { endsOn: dayAfter(start, 200) }).signals);
    const rows = (kind: string) => signals.filter((signal) => signal['kind'] === kind).map(({ id: _, ...signal }) => signal);
    write('all.ndjson.gz', gzipSync(signals.filter(({ kind }) => kind !== 'usage').map((signal) => JSON.stringify(signal)).join('\n')));
    write('usage.csv', `account,user,date,event\n${rows('usage').map((one) => [one['accountId'], one['personId'], one['occurredAt'], 'report_opened'].map((cell, at) => (at === 2 ? String(cell).replace('T', ' ').replace('Z', '') : cell)).join(',')).join('\n')}\n`);
    expect(await importFile('all.ndjson.gz', '--as', 'signals')).toMatchObject({ code: 0 });
    // Ten people a day, twenty events: half of the rows say what another one says, and count once.
    const usage = await importFile('usage.csv', '--as', 'usage');
    expect(usage.job.rows).toMatchObject({ read: rows('usage').length, taken: rows('usage').length / 2, repeated: rows('usage').length / 2 });
    await system.settle();
    const measures = async (id: string) => {
      const { measures: all } = await system.get<{ measures: Json[] }>(`/api/v1/accounts/${id}/health`);
      return all.filter(({ id: measure }) => measure !== 'usage_level').map(({ id: measure, value, state }) => [measure, value, state]);
    };
    expect(await measures('file')).toEqual(await measures('live'));
  }, 120_000);

  it('lets verdicts wait for the end of an import: one net change, past days told to nobody; what is late without one counts at once', async () => {
    const ids = ['quiet', 'loud'];
    for (const id of ids) await system.signals(prepareAccount(id, start, { endsOn: dayAfter(start, 200) }).signals);
    await system.settle();
    const health = (id: string) => system.get<{ riskLevel: string; version: number }>(`/api/v1/accounts/${id}/health`);
    expect((await health('quiet')).riskLevel).toBe('green');
    const before = await health('quiet');
    // Ups and downs over weeks: each would be a change of risk by itself. The last word is red.
    const surveys = Array.from({ length: 6_000 }, (_, i) => `quiet,quiet-sponsor,${new Date(start.getTime() - (6_000 - i) * 600_000).toISOString()},${i % 400 === 0 || i > 5_990 ? 1 : 9},renewal_intent`);
    write('surveys.csv', `account,person,date,score,type\n${surveys.join('\n')}\n`);
    const running = importFile('surveys.csv', '--as', 'surveys');
    const seen = new Set<number>();
    for (let isOver = false; !isOver; ) {
      isOver = await Promise.race([running.then(() => true), health('quiet').then(({ version }) => void seen.add(version) as never)]);
    }
    expect((await running).job).toMatchObject({ state: 'done', rows: { taken: 6_000 } });
    await system.signals([{ id: 'late', kind: 'survey', accountId: 'loud', personId: 'loud-sponsor', occurredAt: new Date(start.getTime() - 3 * 86_400_000).toISOString(), data: { type: 'renewal_intent', score: 1 } }]);
    await system.settle();
    const changes = (id: string) => receiver.calls.flatMap(({ body: { data } }) => (data['accountId'] === id ? [`${String(data['from'])} ${String(data['to'])} ${String(data['cause'])}`] : []));
    await until('change of risk of the late one', async () => changes('loud').length > 0);
    expect([changes('quiet'), changes('loud')]).toEqual([['green red import'], ['green red signal']]);
    expect([...seen].filter((version) => version !== before.version).length).toBeLessThanOrEqual(1);
    expect(await health('quiet')).toMatchObject({ riskLevel: 'red' });
    expect(await health('loud')).toMatchObject({ riskLevel: 'red' });
    // An import starts no playbook by itself; what a signal says does.
    const playbooks = async (id: string) => (await system.list<{ playbook: { id: string } }>(`/api/v1/runs?accountId=${id}`)).map(({ playbook }) => playbook.id).filter((playbook) => playbook !== 'renewal-countdown');
    expect(await playbooks('quiet')).toEqual([]);
    expect(await playbooks('loud')).not.toEqual([]);
  }, 120_000);

  it('goes on after kill -9 of the command and of the service, and counts every row once', async () => {
    const size = 20_000;
    const rows = Array.from({ length: size }, (_, i) => (i % 20 === 7 ? `mass-${i % 50},u${i % 500},never,opened,1` : `mass-${i % 50},u${i % 500},${new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString()},opened,${1 + (i % 3)}`));
    write('mass.csv', `account,user,date,event,count\n${rows.join('\n')}\n`);
    const args = ['mass.csv', '--as', 'usage'];
    const command = spawn(process.execPath, [cli, 'import', ...args, '--url', system.ready.url, '--api-key', system.ready.apiKey], { cwd: folder, stdio: 'ignore' });
    await until('first rows of the file', async () => (await system.list<Job & { fileName: string }>('/api/v1/imports?limit=1')).some(({ fileName, rows: { read } }) => fileName === 'mass.csv' && read > 1_000), 30_000);
    const gone = once(command, 'exit');
    command.kill('SIGKILL');
    await Promise.all([gone, system.killAndRestart()]);
    const { code, job, told } = await importFile(...args, '--resume');
    expect(told).toContain('going on with');
    expect({ code, rows: job.rows, signals: job.signals }).toEqual({ code: 1, rows: { read: size, taken: size * 0.95, repeated: 0, rejected: size * 0.05 }, signals: size * 0.95 });
    const faulty = readFileSync(join(folder, 'mass.csv.errors.csv'), 'utf8').trim().split('\n').slice(1).map((line) => Number(line.split(',')[0]));
    expect(faulty).toEqual(rows.flatMap((row, i) => (row.includes('never') ? [i + 2] : [])));
    await system.settle();
    let signals = 0;
    for (let cursor = '', more = true; more; ) {
      const page = await system.get<{ data: { cursor: string }[]; hasMore: boolean }>(`/api/v1/accounts/mass-3/signals?limit=100${cursor}`);
      signals += page.data.length;
      cursor = `&cursor=${encodeURIComponent(page.data.at(-1)?.cursor ?? '')}`;
      more = page.hasMore;
    }
    expect(signals).toBe(rows.filter((row) => row.startsWith('mass-3,') && !row.includes('never')).length);
  }, 120_000);
});
