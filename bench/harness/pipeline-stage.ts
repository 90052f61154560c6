import { signalsTopic } from '@perennial/contracts/topics';
import { DayCounts } from '../fold/day-counts.js';
import { fillFoldTable } from '../fold/fold-store.js';
import { foldTopic } from '../fold/fold-service.js';
import type { StreamOptions, StreamTotals } from '../load/signal-stream.js';
import type { Progress } from '../processes/gated-log.js';
import type { Started } from '../processes/service.js';
import { ask } from './ask.js';
import type { Child } from './child.js';
import type { Measured } from './figure.js';
import { cpuOf } from './processes.js';
import type { Surroundings } from './surroundings.js';

/** A consumer of signals in a process of its own, with work laid up for it. */
export class PipelineStage {
  private constructor(
    readonly child: Child,
    readonly databaseUrl: string,
    /** The scorer; else the fold that stands in for it. */
    private readonly scores: boolean,
    private readonly topic: string,
    private readonly postmaster: number,
  ) {}

  static async start(around: Surroundings, consumer: 'health-scoring' | `fold-${string}`): Promise<PipelineStage> {
    const scores = consumer === 'health-scoring';
    const topic = scores ? signalsTopic.name : foldTopic(consumer.slice('fold-'.length)).name;
    const child = around.child('service');
    const { databaseUrl } = await child.call<Started>('start', { service: consumer, log: await around.newLog(), hold: [topic] });
    return new PipelineStage(child, databaseUrl, scores, topic, await around.postmaster());
  }

  /** Lays up `count` records of a stream, has them worked off, and compares what was stored with what was laid up. */
  async drain(options: Omit<StreamOptions, 'kind' | 'topic'>, count: number): Promise<Measured> {
    const stream = { kind: 'signals', topic: this.topic, days: this.scores ? 1 : 28, ...options } as const;
    const totals = await this.child.call<StreamTotals>('lay', { stream: options.prefix ?? 'account', options: stream, count });
    const [nodeBefore, postgresBefore] = [cpuOf(this.child.pid), cpuOf(this.postmaster)];
    const { records, seconds } = await this.child.call<Progress>('drain', { topic: this.topic, count, sent: this.scores });
    const micros = (cpu: number): number => Math.round((cpu * 1e6) / records);
    const more = { microsPerEvent: { node: micros(cpuOf(this.child.pid) - nodeBefore), postgres: micros(cpuOf(this.postmaster) - postgresBefore) } };
    return { value: records / seconds, more, fault: await this.fault(totals, options.prefix ?? 'account', options.from ?? 0) };
  }

  /** Gives `accounts` accounts of the fold an empty state and version 1, so that no row has to be made. */
  async prefill(accounts: number, prefix: string): Promise<void> {
    await ask(this.databaseUrl, fillFoldTable, [prefix, DayCounts.empty().pack(), accounts]);
    await ask(this.databaseUrl, `INSERT INTO messaging_seen (topic, key, version) SELECT $1, $2 || '-' || n, 1 FROM generate_series(0, $3::int - 1) AS n`, [this.topic, prefix, accounts]);
    await ask(this.databaseUrl, 'VACUUM ANALYZE fold_account');
    await ask(this.databaseUrl, 'VACUUM ANALYZE messaging_seen');
  }

  /** Versions count the events of an account, so their sum is the number of events applied. */
  private async fault({ records, accounts }: StreamTotals, prefix: string, from: number): Promise<string | null> {
    const [seen] = await ask<{ accounts: string; versions: string }>(
      this.databaseUrl,
      'SELECT count(*) AS accounts, coalesce(sum(version - $3), 0) AS versions FROM messaging_seen WHERE topic = $1 AND key ^@ $2 AND version > $3',
      [this.topic, `${prefix}-`, from],
    );
    const [dead] = await ask<{ letters: string }>(this.databaseUrl, 'SELECT count(*) AS letters FROM messaging_dead_letter');
    const stored = this.scores ? await this.scored(prefix) : await this.folded(prefix);
    const expected = { versions: records, accounts, dead: 0, stored: this.scores ? accounts : records };
    const found = { versions: Number(seen?.versions), accounts: Number(seen?.accounts), dead: Number(dead?.letters), stored };
    const differs = (Object.keys(expected) as (keyof typeof expected)[]).filter((name) => expected[name] !== found[name]);
    return differs.length === 0 ? null : differs.map((name) => `${name} ${found[name]} instead of ${expected[name]}`).join(', ');
  }

  /** Events counted in the stored states; states laid in by `prefill` are empty. */
  private async folded(prefix: string): Promise<number> {
    const rows = await ask<{ state: Buffer }>(this.databaseUrl, 'SELECT state FROM fold_account WHERE account_id ^@ $1 AND state <> $2', [`${prefix}-`, DayCounts.empty().pack()]);
    return rows.reduce((sum, { state }) => sum + DayCounts.unpack(state).total(), 0);
  }

  /** Accounts with a verdict. */
  private async scored(prefix: string): Promise<number> {
    const [row] = await ask<{ accounts: string }>(
      this.databaseUrl,
      `SELECT count(*) AS accounts FROM account_health h JOIN portfolio p USING (account_id) WHERE account_id ^@ $1 AND p.verdict IS NOT NULL AND h.revision > 0`,
      [`${prefix}-`],
    );
    return Number(row?.accounts);
  }
}
