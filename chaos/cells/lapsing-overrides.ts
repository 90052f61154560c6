import { setTimeout as sleep } from 'node:timers/promises';
import type { CellContext } from '../cell.js';
import { verdictOf, type ScoredRow } from '../check/effects.js';
import { settle } from '../check/settle.js';
import { accountOf } from '../load/plan.js';

/** Set on so many accounts at once: a sweep has more than one to look at. */
const atOnce = 6;
/** On a loaded machine an answer may take seconds: by then it must not have ended yet. */
const lifeMs = [1_500, 6_000] as const;

/** When the last override of each account ends, by cell. */
const endsOf = new WeakMap<CellContext, Map<string, string>>();

/** Time alone has to change verdicts: people put scores in place of the computed ones for a moment, and the sweep takes them back. */
export const lapses = { atRest: true, provoke: overrideForAMoment, afterwards: allLapsed };

async function overrideForAMoment(context: CellContext, enough: () => boolean): Promise<void> {
  const { system, random } = context;
  const ends = endsOf.get(context) ?? new Map<string, string>();
  endsOf.set(context, ends);
  while (!enough()) {
    const expiresAt = new Date(Date.now() + random.between(...lifeMs)).toISOString();
    // One that still stands is left to end by itself.
    const ready = Array.from({ length: 20 }, (_, n) => accountOf(n)).filter((accountId) => (ends.get(accountId) ?? '') < new Date().toISOString());
    await Promise.all(random.shuffled(ready).slice(0, atOnce).map(async (accountId) => {
      const answer = await system.call('POST', `/api/v1/accounts/${accountId}/overrides`, { healthScore: random.between(0, 20), reason: 'chaos', expiresAt }).catch(() => null);
      if (answer?.status === 201) ends.set(accountId, expiresAt);
    }));
    await sleep(300);
  }
}

/** Each account was looked at once its override had ended, and its next look lies ahead. What the looks told is compared by the check, as all risk changes are. */
async function allLapsed(context: CellContext): Promise<void> {
  const { system, fail, note } = context;
  const ends = endsOf.get(context) ?? new Map<string, string>();
  // The last of them may not have ended yet.
  await sleep(lifeMs[1]);
  await settle(system);
  const rows = await system.rows<ScoredRow & { ahead: boolean | null }>('health-scoring', `SELECT account_id, ''::bytea AS state, verdict, verdict_version AS version, next_look_at > now() AS ahead FROM portfolio`);
  for (const row of rows) {
    const verdict = verdictOf(row);
    const end = ends.get(row.account_id);
    if (row.ahead !== true) fail(`the next look at ${row.account_id} does not lie ahead`);
    if (verdict?.override) fail(`${row.account_id} still stands on an override that ended at ${verdict.override.expiresAt}`);
    if (end !== undefined && (verdict?.asOf ?? '') < end) fail(`${row.account_id} was last looked at as of ${verdict?.asOf}; its override ended at ${end}`);
  }
  if (ends.size === 0) fail('no override was ever set');
  const [told] = await system.rows<{ n: string }>('notifications', `SELECT count(*) AS n FROM stream_event WHERE data::text LIKE '%"cause":"time"%'`);
  note(`overrides of ${ends.size} accounts ended while the scorer died; ${told?.n} risk changes came of time alone`);
}
