import type { BacktestReport, BookFigures } from '@perennial/health-scoring/domain/backtest/backtest-report';
import type { Days } from '@perennial/health-scoring/domain/backtest/red-figures';
import type { Share } from '@perennial/health-scoring/domain/backtest/share';
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from '../composition/operator-error.js';
import { progressLine } from '../import/progress-line.js';
import { ApiClient, type ApiOptions } from './api-client.js';

interface Backtest {
  readonly id: string;
  readonly revision: number;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly accounts: number | null;
  readonly accountsDone: number;
  readonly problem: string | null;
  readonly report: (BacktestReport & { readonly accountsWithOutcomes: number; readonly unreadMeasures: readonly string[] }) | null;
}

const askEveryMs = 500;
const longestMs = 3_600_000;

const line = (text: string): void => void process.stdout.write(`${text}\n`);

/** Asks for a backtest, follows it to its end, and says what it found. */
export async function backtestScorecard(options: ApiOptions, scorecardId: string, revision: number | undefined, wait: boolean, json: boolean): Promise<void> {
  const client = new ApiClient(options);
  const path = `/api/v1/scorecards/${encodeURIComponent(scorecardId)}/backtests`;
  const { id } = await client.call<Backtest>('POST', path, revision === undefined ? {} : { revision });
  const backtest = wait ? await followed(client, `${path}/${id}`) : await client.get<Backtest>(`${path}/${id}`);
  if (json) line(JSON.stringify(backtest));
  else tell(scorecardId, backtest);
}

async function followed(client: ApiClient, path: string): Promise<Backtest> {
  const progress = progressLine();
  const end = performance.now() + longestMs;
  try {
    for (;;) {
      const backtest = await client.get<Backtest>(path);
      if (backtest.state === 'done') return backtest;
      if (backtest.state === 'failed') throw new OperatorError(`the backtest failed: ${backtest.problem}`);
      if (performance.now() > end) throw new OperatorError(`it goes on by itself, see ${path}`);
      if (backtest.accounts !== null) progress.show(`${backtest.accountsDone} of ${backtest.accounts} accounts`);
      await sleep(askEveryMs);
    }
  } finally {
    progress.end();
  }
}

function tell(scorecardId: string, { id, revision, report }: Backtest): void {
  if (report === null) return line(`backtest ${id} of revision ${revision} of ${scorecardId} is asked for`);
  line(`revision ${revision} of ${scorecardId}, ${report.accountsWithOutcomes} accounts, ${report.terms} terms, ${report.losses} of them lost`);
  line(report.text);
  tellBook(report);
  for (const segment of report.segments) line(`segment ${segment.segment ?? '(none)'}: ${segment.terms} terms, ${segment.losses} lost. ${segment.text}`);
  part('indicators', report.indicators.map(({ text }) => text));
  part('what each measure adds to goals alone, 90 days before the notice date', report.added.map(({ text }) => text));
  part(`what goes with renewal, read ${report.drivers.readAt} days before the notice date`, [report.drivers.text, ...report.drivers.drivers.map(({ measure, text }) => `${measure}: ${text}`)]);
  if (report.unreadMeasures.length > 0) line(`nobody read with these settings on some of the days: ${report.unreadMeasures.join(', ')}`);
}

function tellBook({ leads, red }: BookFigures): void {
  for (const lead of leads) {
    line(`  ${lead.text}`);
    if (lead.precision !== null || lead.recall !== null) line(`    red: ${shareOf('of the red ones lost', lead.precision)}, ${shareOf('of the lost ones red', lead.recall)}; lost of all: ${shareOf('', lead.lossRate)}`);
  }
  const figures: (readonly [string, Share | null])[] = [['losses never red', red.neverRed], ['losses whose last NPS was 9 or 10', red.contentNps], ['lost after red, spoken to within 30 days', red.answered], ['lost after red, left alone', red.untouched]];
  line(`  from red to the notice date, of losses: ${daysOf(red.leadDays)}`);
  for (const [name, share] of figures) line(`  ${name}: ${shareOf('', share)}`);
}

function part(title: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  line(`${title}:`);
  for (const text of lines) line(`  ${text}`);
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const shareOf = (what: string, share: Share | null): string => (share === null ? `too few to say${what === '' ? '' : ` how many ${what}`}` : `${percent(share.share)}${what === '' ? '' : ` ${what}`} (${share.count} of ${share.of}; ${percent(share.low)} to ${percent(share.high)})`);
const daysOf = (days: Days | null): string => (days === null ? 'too few to say' : `half had ${days.median} days or more (${days.low} to ${days.high})`);
