import type { AccountState } from '@perennial/contracts/account';
import type { HealthState } from '@perennial/contracts/health';
import type { Signal } from '@perennial/contracts/signal';
import { applyAccount, applyRenewals, applySignal, initialState } from '@perennial/health-scoring/domain/account-health';
import { Writer } from '@perennial/health-scoring/domain/codec/bytes';
import { accountFactsCodec } from '@perennial/health-scoring/domain/codec/account-facts-codec';
import type { AccountFacts } from '@perennial/health-scoring/domain/facts/account-facts';
import { look } from '@perennial/health-scoring/domain/look';
import { chooseScorecards, type ScorecardsInForce } from '@perennial/health-scoring/domain/scorecard/choose-scorecard';
import { encodeContact } from '@perennial/health-scoring/domain/state-codec';
import type { AccountHealthState } from '@perennial/health-scoring/domain/state';
import { livenessOf } from '@perennial/health-scoring/domain/sources/source-liveness';
import type { RenewalsState } from '@perennial/contracts/renewal';

export interface Replayed {
  readonly state: AccountHealthState;
  readonly rawScore: number | null;
  readonly measures: HealthState['measures'];
  readonly scorecard: HealthState['scorecard'];
}

/** Folds an account's signals, in the order of their ids, and looks once, by what is in force now, at the instant of the stored verdict. */
export function replayHealth(account: AccountState, renewals: RenewalsState | null, signals: readonly Signal[], kinds: ReadonlySet<Signal['kind']>, asOf: string, inForce: ScorecardsInForce): Replayed {
  const state = initialState(account.id);
  for (const signal of [...signals].sort((a, b) => (a.id < b.id ? -1 : 1))) applySignal(state, signal);
  applyAccount(state, account);
  if (renewals) applyRenewals(state, renewals);
  const at = Date.parse(asOf);
  const sources = livenessOf([...kinds].map((kind) => ({ kind, lastSeenAt: at, usualGapMs: 0 })));
  const verdict = look(state, { asOf: at, cause: 'signal', scorecard: chooseScorecards(state, at, inForce).scorecard, sources });
  if (!verdict) throw new Error(`no verdict on ${account.id}`);
  return { state, rawScore: verdict.health.rawScore, measures: verdict.health.measures, scorecard: verdict.health.scorecard };
}

/** What of two accounts' facts and contacts differs, by name; empty when they are equal bit for bit. */
export function differences(expected: AccountHealthState, found: AccountHealthState): string[] {
  const names = (packed(expected.facts).equals(packed(found.facts)) ? [] : Object.keys(expected.facts)) as (keyof AccountFacts)[];
  const told = names.filter((name) => text(expected.facts[name]) !== text(found.facts[name])).map((name) => `${name} ${instead(text(found.facts[name]), text(expected.facts[name]))}`);
  for (const personId of new Set([...expected.contacts.keys(), ...found.contacts.keys()])) {
    const [mine, theirs] = [expected.contacts.get(personId), found.contacts.get(personId)];
    if (!mine || !theirs) told.push(`contact ${personId} is ${theirs ? 'unexpected' : 'missing'}`);
    else if (!encodeContact(mine).equals(encodeContact(theirs))) told.push(`contact ${personId} ${instead(text(theirs), text(mine))}`);
  }
  return told;
}

/** The measures that differ in what they found, what it is worth, or their state. */
export function measuresThatDiffer(expected: HealthState['measures'], found: HealthState['measures']): string[] {
  const value = ({ id, value: v, points, state, contribution }: HealthState['measures'][number]): string => `${id} ${v} ${points} ${state} ${contribution}`;
  const mine = expected.map(value);
  const theirs = found.map(value);
  return Array.from({ length: Math.max(mine.length, theirs.length) }, (_, at) => at).filter((at) => mine[at] !== theirs[at]).map((at) => `measure ${instead(theirs[at] ?? 'none', mine[at] ?? 'none')}`);
}

function packed(facts: AccountFacts): Buffer {
  const out = new Writer();
  accountFactsCodec.write(out, facts);
  return out.toBuffer();
}

const text = (value: unknown): string => JSON.stringify(value, (_name, inner: unknown) => {
  if (typeof inner === 'bigint') return String(inner);
  if (inner instanceof Map) return [...(inner as Map<string, unknown>)].sort(([a], [b]) => (a < b ? -1 : 1));
  return inner instanceof Float64Array ? [...inner] : inner;
});

/** Both texts around the first place at which they differ. */
function instead(found: string, wanted: string): string {
  let at = 0;
  while (found[at] === wanted[at]) at++;
  const around = (all: string): string => `..${all.slice(Math.max(0, at - 40), at + 60)}..`;
  return `${around(found)} instead of ${around(wanted)}`;
}
