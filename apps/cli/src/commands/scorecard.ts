import { diffScorecards, type ScorecardChange } from '@perennial/health-scoring/domain/scorecard/diff-scorecards';
import type { Scorecard } from '@perennial/health-scoring/domain/scorecard/scorecard';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { OperatorError } from '../composition/operator-error.js';
import { readScorecard, type PlacedFault } from '../scorecard/read-scorecard.js';
import { ApiClient, RefusedCall, type ApiOptions } from './api-client.js';

interface MoveCount { readonly from: string; readonly to: string; readonly accounts: number }
interface Revision {
  readonly scorecardId: string;
  readonly revision: number;
  readonly state: 'draft' | 'in_force' | 'replaced';
  readonly document: Scorecard;
  readonly rollout: { readonly waiting: number; readonly bands: readonly MoveCount[]; readonly riskLevels: readonly MoveCount[] } | null;
}
type Publication = { readonly revision: number; readonly replaced: number | null };

/** How often a publication's progress is asked for, and how long at most. */
const askEveryMs = 500;
const longestMs = 600_000;

const line = (text: string): void => void process.stdout.write(`${text}\n`);
const pathOf = (id: string): string => `/api/v1/scorecards/${encodeURIComponent(id)}`;

/** Says what is wrong with a file; false where something is. Asks no system. */
export async function lintScorecard(file: string, json: boolean): Promise<boolean> {
  const { document, faults } = await readScorecard(file);
  if (json) line(JSON.stringify({ file, faults }));
  else if (faults.length === 0) line(`${file}: ${(document as Scorecard).id} can judge`);
  else for (const fault of faults) line(toldOf(file, fault));
  return faults.length === 0;
}

/** Prints a scorecard as YAML: the revision in force, else the newest, or the one that is asked for. */
export async function showScorecard(options: ApiOptions, id: string, revision: number | undefined, json: boolean): Promise<void> {
  const { document } = await new ApiClient(options).get<Revision>(revision === undefined ? pathOf(id) : `${pathOf(id)}/revisions/${revision}`);
  process.stdout.write(json ? `${JSON.stringify(document)}\n` : stringify(document, { lineWidth: 120 }));
}

/** Prints what a file changes against the revision in force, or another one. */
export async function diffScorecard(options: ApiOptions, file: string, against: number | undefined, json: boolean): Promise<void> {
  const document = await goodDocument(file);
  const known = await revisionOf(new ApiClient(options), document.id, against);
  const changes = diffScorecards(known?.document ?? null, document);
  if (json) line(JSON.stringify({ scorecardId: document.id, against: known?.revision ?? null, changes }));
  else tellChanges(document.id, known, changes);
}

/** Keeps a file as the next revision, puts it in force in the place of the one it was compared with, and follows how far it has come. */
export async function publishScorecard(options: ApiOptions, file: string, reason: string, wait: boolean, json: boolean): Promise<void> {
  const document = await goodDocument(file);
  const client = new ApiClient(options);
  const known = await revisionOf(client, document.id, undefined);
  const changes = diffScorecards(known?.document ?? null, document);
  const inForce = known?.state === 'in_force' ? known.revision : null;
  if (changes.length === 0 && inForce !== null) throw new OperatorError(`${file} says what revision ${inForce} of ${document.id} says, which is in force: there is nothing to publish`);
  if (!json) tellChanges(document.id, known, changes);
  const { revision } = await client.call<Revision>('POST', '/api/v1/scorecards', { document, note: Array.from(reason).slice(0, 500).join(''), publish: { reason, expectedRevision: inForce } });
  if (!json) line(`revision ${revision} of ${document.id} is in force`);
  await follow(client, document.id, revision, wait, json);
}

/** Puts back what was in force before the last publication, and follows how far it has come. */
export async function rollBackScorecard(options: ApiOptions, id: string, reason: string, wait: boolean, json: boolean): Promise<void> {
  const client = new ApiClient(options);
  const { revision } = await client.call<Publication>('POST', `${pathOf(id)}/roll-back`, { reason });
  if (!json) line(`revision ${revision} of ${id} is in force again`);
  await follow(client, id, revision, wait, json);
}

/** Takes a scorecard out of force: others judge its accounts from now on. */
export async function retireScorecard(options: ApiOptions, id: string, reason: string, json: boolean): Promise<void> {
  const { replaced } = await new ApiClient(options).call<Publication>('POST', `${pathOf(id)}/retire`, { reason });
  line(json ? JSON.stringify({ scorecardId: id, retired: replaced }) : `revision ${replaced} of ${id} is no longer in force; its accounts are looked at again in the background`);
}

async function follow(client: ApiClient, id: string, revision: number, wait: boolean, json: boolean): Promise<void> {
  const end = performance.now() + longestMs;
  for (;;) {
    const { rollout } = await client.get<Revision>(`${pathOf(id)}/revisions/${revision}`);
    if (!wait || rollout === null || rollout.waiting === 0) {
      if (json) line(JSON.stringify({ scorecardId: id, revision, rollout }));
      else if (wait) tellRollout(rollout);
      return;
    }
    if (performance.now() > end) throw new OperatorError(`${rollout.waiting} accounts still wait for their look: it goes on by itself, see ${pathOf(id)}/revisions/${revision}`);
    await sleep(askEveryMs);
  }
}

function tellRollout(rollout: Revision['rollout']): void {
  const told = (counts: readonly MoveCount[] = []): string => (counts.length === 0 ? 'none changed' : counts.map(({ from, to, accounts }) => `${accounts} from ${from} to ${to}`).join(', '));
  line(`all accounts were looked at; band: ${told(rollout?.bands)}; risk level: ${told(rollout?.riskLevels)}`);
}

function tellChanges(id: string, known: Revision | null, changes: readonly ScorecardChange[]): void {
  const base = known === null ? `there is no scorecard ${id} yet` : `against revision ${known.revision} of ${id}${known.state === 'in_force' ? ', which is in force' : ''}`;
  line(changes.length === 0 ? `${base}: nothing differs` : `${base}:`);
  for (const { text } of changes) line(`  ${text}`);
}

/** Null where there is none yet, unless a revision was asked for. */
async function revisionOf(client: ApiClient, id: string, revision: number | undefined): Promise<Revision | null> {
  try {
    return await client.get<Revision>(revision === undefined ? pathOf(id) : `${pathOf(id)}/revisions/${revision}`);
  } catch (error) {
    if (revision === undefined && error instanceof RefusedCall && error.status === 404) return null;
    throw error;
  }
}

/** What the file says; throws OperatorError where it cannot judge. */
export async function goodDocument(file: string): Promise<Scorecard> {
  const { document, faults } = await readScorecard(file);
  if (faults.length > 0) throw new OperatorError(`${file} is no scorecard that can judge:\n${faults.map((fault) => toldOf(file, fault)).join('\n')}`);
  return document as Scorecard;
}

const toldOf = (file: string, { line: at, pointer, detail }: PlacedFault): string => `${file}:${at} ${pointer === '' ? '' : `${pointer} `}${detail}`;
