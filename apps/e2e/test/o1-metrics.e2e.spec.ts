import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeOnBothLogs } from './both-logs.js';
import { prepareAccount } from './prepared-account.js';
import { parseScrape, total, type Family } from '@perennial/testing/prometheus-text';
import { Receiver } from './receiver.js';
import { dayAfter, System, until } from './system.js';

const services = ['gateway', 'health-scoring', 'notifications', 'playbook-orchestration', 'renewal-forecasting', 'signal-ingestion'];
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

/** The rows of docs/metrics.md. */
const documented = readFileSync(join(import.meta.dirname, '../../../docs/metrics.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, name, type, labels = ''] = /^\| `(\w+)` \| (\w+) \| ([^|]*)\|/.exec(line) ?? [];
    return name === undefined || type === undefined ? [] : [{ name, type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label!).sort() }];
  });

await describeOnBothLogs('O1: metrics that tell how the main job goes', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  const accountId = 'o1-metrics-co';
  let system: System;
  let receiver: Receiver;
  let text: string;
  let scrape: Map<string, Family>;

  beforeAll(async () => {
    receiver = await Receiver.start();
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
    receiver.secret = (await system.post<{ secret: string }>('/api/v1/webhook-endpoints', { url: receiver.url })).secret;
    const endsOn = dayAfter(start, 300);
    await system.signals(prepareAccount(accountId, start, { endsOn }).signals);
    await system.settle();
    const notice = { id: 'notice', kind: 'contract', accountId, data: { contractId: `${accountId}-c1`, status: 'cancel_scheduled', startsOn: dayAfter(start, -200), endsOn, arrMinor: 12_000_000, currency: 'USD' } };
    await system.signals([notice]);
    await system.call('POST', '/api/v1/signals', { signals: [notice, { id: 'odd', kind: 'nonsense', accountId }] });
    await until('the webhook', async () => receiver.calls.length > 0);
    await system.settle();
    text = (await system.call<string>('GET', '/metrics')).body;
    scrape = parseScrape(text);
  }, 90_000);
  afterAll(async () => {
    await receiver?.stop();
    await system?.stop();
  }, 30_000);

  it('tells what docs/metrics.md lists, and nothing else', () => {
    const told = [...scrape.values()].map(({ name, type, series }) => ({ name, type, labels: [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))].filter((label) => label !== 'le').sort() }));
    const withoutOptional = (rows: typeof documented) => rows.map((row) => ({ ...row, labels: row.labels.filter((label) => row.name !== 'http_client_request_duration_seconds' || label !== 'error_type') }));
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(withoutOptional(told).sort(byName)).toEqual(withoutOptional(documented).sort(byName));
  });

  it('tells the job’s own figures', () => {
    const sent = prepareAccount(accountId, start, { endsOn: dayAfter(start, 300) }).signals.length + 1;
    const of = (name: string, labels: Record<string, string> = {}) => total(scrape, name, labels);
    expect(of('perennial_ingest_items_total', { vendor: 'perennial', result: 'accepted' })).toBe(sent + 1);
    expect(of('perennial_ingest_items_total', { vendor: 'perennial', result: 'rejected' })).toBe(1);
    expect(of('perennial_ingest_items_total', { vendor: 'segment' })).toBe(0);
    expect(of('perennial_signals_total', { result: 'published' })).toBe(sent);
    expect(of('perennial_signals_total', { kind: 'contract', result: 'repeated' })).toBe(1);
    expect(of('perennial_newest_signal_age_seconds', { kind: 'contract' })).toBe(1);
    expect(of('perennial_verdicts_total', { cause: 'signal' })).toBeGreaterThan(0);
    expect(of('perennial_risk_changes_total', { to: 'red' })).toBe(1);
    expect(of('perennial_risk_change_delay_seconds_count')).toBeGreaterThanOrEqual(1);
    expect(of('perennial_risk_change_delay_seconds_sum')).toBeLessThan(60);
    expect(of('perennial_webhook_attempts_total', { outcome: 'delivered' })).toBe(receiver.calls.length);
    expect(of('perennial_webhook_endpoints', { state: 'active' })).toBe(1);
    expect(of('http_client_request_duration_seconds_count', { http_response_status_code: '204' })).toBe(receiver.calls.length);
    expect(of('messaging_client_consumed_messages_total', { messaging_consumer_group_name: 'signal-ingestion.telemetry' })).toBe(sent + 2);
    expect(of('messaging_process_duration_seconds_sum')).toBeGreaterThan(0);
    for (const name of ['perennial_consumer_group_lag', 'perennial_dead_letters_waiting', 'perennial_dead_letters_total', 'perennial_consumer_failures_total', 'perennial_timers_overdue', 'perennial_due_work_lateness_seconds', 'perennial_webhook_endpoints_disabled_total']) expect({ name, value: of(name) }).toEqual({ name, value: 0 });
    expect(of('process_resident_memory_bytes')).toBeGreaterThan(50e6);
    expect(of('nodejs_eventloop_delay_p99_seconds')).toBeGreaterThan(0);
  });

  it('tells services, groups and partitions apart', () => {
    const values = (name: string, label: string) => [...new Set(scrape.get(name)!.series.map(({ labels }) => labels[label]))].sort();
    expect(values('perennial_outbox_rows', 'service')).toEqual(services);
    expect(values('perennial_database_connections', 'service')).toEqual(services);
    expect(values('http_server_request_duration_seconds', 'service')).toEqual(expect.arrayContaining(['gateway', 'signal-ingestion']));
    expect(values('perennial_consumer_group_lag', 'messaging_consumer_group_name')).toEqual(expect.arrayContaining(['health-scoring.signals', 'renewal-forecasting.signals', 'notifications.risk-changes']));
    expect(values('perennial_consumer_group_lag', 'messaging_destination_partition_id')).toHaveLength(4);
  });

  it('has labels that neither name anybody nor grow with the book', async () => {
    expect(text).not.toContain(accountId);
    const series = () => [...scrape.values()].filter(({ name }) => name.startsWith('perennial_')).reduce((sum, { series: own }) => sum + own.length, 0);
    const before = series();
    // Each piece of due work of each service has a few of its own.
    expect(before).toBeLessThan(600);
    await system.signals(Array.from({ length: 50 }, (_, i) => ({ id: `more-${i}`, kind: 'pulse', accountId: `more-${i}`, data: { pulse: 1, reason: 'r' } })));
    await system.settle();
    scrape = parseScrape((await system.call<string>('GET', '/metrics')).body);
    // One new kind, one newest signal of it, and the level that was new.
    expect(series() - before).toBeLessThanOrEqual(3);
  }, 30_000);

  it('does not count probes and scrapes', async () => {
    expect((await system.call('GET', '/health/ready')).status).toBe(200);
    const routes = parseScrape((await system.call<string>('GET', '/metrics')).body).get('http_server_request_duration_seconds')!.series.map(({ labels }) => labels['http_route']);
    expect(routes.filter((route) => route === '/metrics' || route?.startsWith('/health/'))).toEqual([]);
  });

  // Debian's package prometheus has it; .ci/run brings it along.
  (hasPromtool ? it : it.skip)('passes promtool check metrics without a complaint', () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
