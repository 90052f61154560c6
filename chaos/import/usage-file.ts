import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

/** What a file of usage must come to. */
export interface Expected {
  readonly rows: number;
  /** Row numbers, as a spreadsheet shows them. */
  readonly faulty: readonly number[];
  /** Good rows of each account. */
  readonly byAccount: ReadonlyMap<string, number>;
}

const accounts = 1_000;
const faults = [
  (cells: string[]) => [cells[0]!, cells[1]!, 'no date', cells[3]!, cells[4]!],
  (cells: string[]) => [...cells.slice(0, 3), cells[3]!, 'many'],
  (cells: string[]) => cells.slice(0, 3),
  (cells: string[]) => [`"${cells[0]}`, ...cells.slice(1)],
  (cells: string[]) => ['', '', ...cells.slice(2)],
];

/** Writes `rows` rows of a thousand accounts over 300 days before `until`, `bad` of them faulty in turn in five ways. */
export async function writeUsage(path: string, rows: number, bad: number, until: Date): Promise<Expected> {
  const out = createWriteStream(path);
  const closed = finished(out);
  const faulty: number[] = [];
  const byAccount = new Map<string, number>();
  out.write('Account,User,Timestamp,Event,Count\n');
  const every = bad === 0 ? Infinity : Math.floor(rows / bad);
  for (let i = 0; i < rows; i++) {
    const account = `bulk-${i % accounts}`;
    const at = new Date(until.getTime() - 300 * 86_400_000 + Math.floor((i / rows) * 299 * 86_400_000)).toISOString();
    let cells = [account, `${account}-u${i % 7}`, at, `event_${i % 11}`, String(1 + (i % 5))];
    if (i % every === every - 1 && faulty.length < bad) {
      cells = faults[faulty.length % faults.length]!(cells);
      faulty.push(i + 2);
    } else byAccount.set(account, (byAccount.get(account) ?? 0) + 1);
    if (!out.write(`${cells.join(',')}\n`)) await once(out, 'drain');
  }
  out.end();
  await closed;
  return { rows, faulty, byAccount };
}
