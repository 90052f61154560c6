import { parseArgs } from 'node:util';

export type LogKind = 'postgres' | 'kafka';

export interface BenchOptions {
  readonly logs: readonly LogKind[];
  /** Ids of rows, upper case; null for all. */
  readonly only: ReadonlySet<string> | null;
  readonly rounds: number;
  readonly quick: boolean;
  /** Folder of the raw results. */
  readonly out: string;
  /** CPU profiles of the processes measured go to the folder of the results. */
  readonly profile: boolean;
  /** Given to every process that is measured, e.g. a rate limit. */
  readonly env: Readonly<Record<string, string>>;
  readonly help: boolean;
}

/** Rows that belong together, by the word that asks for them. */
const groups: Readonly<Record<string, string>> = { ingest: 'G1,G2,G3,G13,G18,G20', scoring: 'G4,G5,G6,G7,G8,G9,G10,G11,G12' };

export const usage = `npm run bench -- [ingest | scoring] [options]
  ingest                 the rows about taking signals in (${groups['ingest']})
  scoring                the rows about working them off (${groups['scoring']})
  --log postgres|kafka   one log only (default: both, a table for each)
  --only G1,G4           some rows only
  --rounds N             rounds of each comparison (default 5, with --quick 3)
  --quick                fewer rounds, each measurement a third as long
  --env NAME=VALUE       environment of the processes measured; may be repeated
  --profile              CPU profiles of the processes measured, beside the results
  --out FOLDER           raw results as JSON (default bench/results)`;

/** Throws an error with words for whoever typed it. */
export function parseOptions(args: readonly string[], rows: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      log: { type: 'string' },
      only: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      env: { type: 'string', multiple: true, default: [] },
      profile: { type: 'boolean', default: false },
      out: { type: 'string', default: 'bench/results' },
      help: { type: 'boolean', default: false },
    },
  });
  const { log, only, quick } = values;
  if (log !== undefined && log !== 'postgres' && log !== 'kafka') throw new Error('--log must be postgres or kafka');
  const rounds = Number(values.rounds ?? (quick ? 3 : 5));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 50) throw new Error('--rounds must be a whole number from 1 to 50');
  const [group] = positionals;
  if (positionals.length > 1 || (group !== undefined && !Object.hasOwn(groups, group))) throw new Error(`no group of rows is called ${positionals.join(' ')}; there is ${Object.keys(groups).join(', ')}`);
  if (group !== undefined && only !== undefined) throw new Error(`--only picks rows itself: leave out ${group}`);
  const wished = (group === undefined ? only : groups[group])?.toUpperCase().split(',').map((id) => id.trim()) ?? null;
  const unknown = wished?.find((id) => !rows.includes(id));
  if (unknown !== undefined) throw new Error(`no row is called ${unknown}; there are ${rows.join(', ')}`);
  const wrongPair = values.env.find((pair) => pair.indexOf('=') < 1);
  if (wrongPair !== undefined) throw new Error(`--env takes NAME=VALUE, not ${wrongPair}`);
  return {
    logs: log === undefined ? ['postgres', 'kafka'] : [log],
    only: wished && new Set(wished),
    rounds,
    quick,
    out: values.out,
    profile: values.profile,
    help: values.help,
    env: Object.fromEntries(values.env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])),
  };
}
