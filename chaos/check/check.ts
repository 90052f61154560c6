import type { Signal } from '@perennial/contracts/signal';
import type { AnyTopic } from '@perennial/contracts/topic';
import { accountsTopic, allTopics, healthTopic, notificationsTopic, playbooksTopic, renewalsTopic, riskChangesTopic, signalsTopic } from '@perennial/contracts/topics';
import { decodeContact, decodeState } from '@perennial/health-scoring/domain/state-codec';
import type { ScorecardsInForce } from '@perennial/health-scoring/domain/scorecard/choose-scorecard';
import type { EventLog } from '@perennial/messaging/event-log';
import type { WebhookSink } from '../faults/webhook-sink.js';
import type { Load } from '../load/load.js';
import type { ChaosSystem } from '../system/system.js';
import { eventsOf, once, storedEffects, verdictOf, versionFaults, type StoredEffects, type TopicEvent } from './effects.js';
import { comparable, expected, signalKey, type Expected } from './oracle.js';
import { readItem, type ReadItem } from './read-item.js';
import { storedOffsetsMovedBack } from './stored-offsets.js';
import { differences, measuresThatDiffer, replayHealth } from './replayed-health.js';
import { scorecardsInForce } from './scorecards-in-force.js';

/** What a run did wrong, by kind; all empty: it held. */
export interface Findings {
  readonly lost: string[];
  readonly doubled: string[];
  /** Facts, measures, scores, accounts or contracts that a replay by one thread does not give. */
  readonly oracle: string[];
  /** Illegal transitions, second runs, versions that do not rise, letters nobody expected. */
  readonly other: string[];
}

export interface CheckOptions {
  /** Letters that the cell's own poison left; null: any number. */
  readonly deadLetters: number | null;
  readonly sinks: readonly WebhookSink[];
}

interface Topics {
  readonly signals: TopicEvent<typeof signalsTopic>[];
  readonly accounts: TopicEvent<typeof accountsTopic>[];
  readonly health: TopicEvent<typeof healthTopic>[];
  readonly renewals: TopicEvent<typeof renewalsTopic>[];
  readonly riskChanges: TopicEvent<typeof riskChangesTopic>[];
  readonly playbooks: TopicEvent<typeof playbooksTopic>[];
  readonly notifications: TopicEvent<typeof notificationsTopic>[];
}

/** Compares what was accepted with every effect it should have had. The system must be at rest. */
export async function check(system: ChaosSystem, log: EventLog, load: Load, options: CheckOptions): Promise<Findings> {
  const findings: Findings = { lost: [], doubled: [], oracle: [], other: [] };
  const topics: Topics = {
    signals: await eventsOf(log, signalsTopic), accounts: await eventsOf(log, accountsTopic), health: await eventsOf(log, healthTopic), renewals: await eventsOf(log, renewalsTopic),
    riskChanges: await eventsOf(log, riskChangesTopic), playbooks: await eventsOf(log, playbooksTopic), notifications: await eventsOf(log, notificationsTopic),
  };
  const stored = await storedEffects(system);
  const receivedAt = new Map(stored.messages.map((row) => [signalKey({ sourceId: row.source_id, id: row.message_id }), row.received_at.getTime()]));
  const { writeKey, sourceId } = system.credentials;
  const accepted = await Promise.all([...load.accepted].map((item) => readItem(item, load, writeKey, sourceId)));
  const oracle = expected(accepted, receivedAt);
  const inForce = await scorecardsInForce(system);

  findings.other.push(...load.wrongAnswers.map((answer) => `answered wrongly: ${answer}`));
  checkVersions(topics, findings);
  checkSignals(load, accepted, oracle, topics, stored, findings);
  checkRejected(load, stored, findings);
  checkAccounts(oracle, topics, findings);
  checkHealth(oracle, topics, stored, inForce, findings);
  checkContracts(oracle, stored, findings);
  checkTransitions(topics, stored, findings);
  checkPlaybooks(topics, stored, findings);
  checkNotifications(topics, stored, options.sinks, findings);
  await checkLeftovers(system, options.deadLetters, findings);
  findings.other.push(...(await storedOffsetsMovedBack(system)));
  return findings;
}

function checkVersions(topics: Topics, findings: Findings): void {
  const byName = new Map<string, AnyTopic>(allTopics.map((topic) => [topic.stream, topic]));
  const streams = { signals: 'signals', accounts: 'accounts', health: 'health', renewals: 'renewals', riskChanges: 'risk-changes', playbooks: 'playbooks', notifications: 'notifications' } as const;
  for (const [name, stream] of Object.entries(streams)) {
    findings.other.push(...versionFaults(byName.get(stream)!, topics[name as keyof Topics]));
  }
}

function checkSignals(load: Load, accepted: readonly ReadItem[], oracle: Expected, topics: Topics, stored: StoredEffects, findings: Findings): void {
  const kept = new Set(stored.messages.map((row) => signalKey({ sourceId: row.source_id, id: row.message_id })));
  for (const { item: { id }, sourceId, vendor } of accepted) if (!kept.has(signalKey({ sourceId, id }))) findings.lost.push(`message ${id} (${vendor.name})`);
  const events = once(topics.signals);
  // What was told of another account for a while, or as something else, counts no more: an account's reset takes back all before it.
  const resets = new Map(events.flatMap(({ key, version, event }) => (event.type === 'perennial.account.reset.v1' ? [[key, version] as const] : [])));
  const published = new Map<string, Signal[]>();
  for (const { key: accountId, version, event } of events) {
    if (!('kind' in event.data) || version < (resets.get(accountId) ?? 0)) continue;
    const key = signalKey(event.data);
    published.set(key, [...(published.get(key) ?? []), event.data]);
  }
  for (const [key, signal] of oracle.signals) {
    const found = published.get(key) ?? [];
    if (found.length === 0) findings.lost.push(`signal ${key}`);
    if (found.length > 1) findings.doubled.push(`signal ${key}: versions ${found.map(({ version }) => version).join(', ')}`);
    for (const one of found.slice(0, 1)) if (canonical(comparable(one)) !== canonical(comparable(signal))) findings.oracle.push(`signal ${canonical(comparable(one))} instead of ${canonical(comparable(signal))}`);
  }
  const sent = new Set([...load.items.map(({ id }) => id), ...load.passing]);
  for (const [key, [signal]] of published) if (!oracle.signals.has(key) && !sent.has(signal!.id)) findings.doubled.push(`signal ${key} was never sent`);
}

/** What is listed as rejected was right, or came again as something else, but for the items that have to be refused. */
function checkRejected(load: Load, { rejected }: StoredEffects, findings: Findings): void {
  const refused = load.items.filter((item) => item.refused).map(({ id }) => JSON.stringify(id));
  for (const { source_id: sourceId, code, payload } of rejected) {
    if (!refused.some((id) => payload.includes(id))) findings.other.push(`rejected though it was right: ${code} of ${sourceId}, ${payload}`);
  }
}

function checkAccounts(oracle: Expected, topics: Topics, findings: Findings): void {
  const newest = new Map(once(topics.accounts).map(({ key, event }) => [key, event.data]));
  for (const [id, account] of oracle.accounts) {
    const { version: _, ...found } = newest.get(id) ?? { version: 0 };
    if (canonical(found) !== canonical(account)) findings.oracle.push(`account ${canonical(found)} instead of ${canonical(account)}`);
  }
  for (const id of newest.keys()) if (!oracle.accounts.has(id)) findings.oracle.push(`account ${id}, which nobody named`);
}

function checkHealth(oracle: Expected, topics: Topics, stored: StoredEffects, inForce: ScorecardsInForce, findings: Findings): void {
  const accounts = new Map(once(topics.accounts).map(({ key, event }) => [key, event.data]));
  const renewals = new Map(once(topics.renewals).map(({ key, event }) => [key, event.data]));
  const published = new Map(once(topics.health).map(({ key, event }) => [key, event.data]));
  const contacts = Map.groupBy(stored.contacts, (row) => row.account_id);
  const signals = Map.groupBy([...oracle.signals.values()], (signal) => signal.accountId);
  for (const { account_id: id } of stored.scored) if (!oracle.accounts.has(id)) findings.oracle.push(`score of ${id}, which nobody named`);
  const kinds = new Set([...oracle.signals.values()].map(({ kind }) => kind));
  for (const [accountId, own] of signals) {
    const row = stored.scored.find((one) => one.account_id === accountId);
    const account = accounts.get(accountId);
    const verdict = row ? verdictOf(row) : null;
    if (!row || !account || !verdict) {
      findings.lost.push(`score of ${accountId}`);
      continue;
    }
    const found = decodeState(accountId, row.state);
    for (const { person_id: personId, facts } of contacts.get(accountId) ?? []) found.contacts.set(personId, decodeContact(personId, facts));
    const replayed = replayHealth(account, renewals.get(accountId) ?? null, own as unknown as Signal[], kinds, verdict.asOf, inForce);
    for (const one of [...differences(replayed.state, found), ...measuresThatDiffer(replayed.measures, verdict.measures)]) findings.oracle.push(`${accountId}: ${one}`);
    if (replayed.rawScore !== verdict.rawScore) findings.oracle.push(`${accountId}: raw score ${verdict.rawScore} instead of ${replayed.rawScore}`);
    if (canonical(replayed.scorecard) !== canonical(verdict.scorecard)) findings.oracle.push(`${accountId}: judged by ${canonical(verdict.scorecard)} instead of ${canonical(replayed.scorecard)}`);
    const told = published.get(accountId);
    if (!told || Number(row.version) !== told.version || told.band !== verdict.band || told.riskLevel !== verdict.riskLevel || Math.abs((told.healthScore ?? -1) - (verdict.healthScore ?? -1)) > 0.1) {
      findings.lost.push(`health of ${accountId}: told ${told?.version} ${told?.healthScore} ${told?.band}, stored ${row.version} ${verdict.healthScore} ${verdict.band}`);
    }
  }
}

function checkContracts(oracle: Expected, stored: StoredEffects, findings: Findings): void {
  const found = new Set(stored.entries.map((row) => `${row.account_id} ${row.source_id} ${row.signal_id} ${row.status}`));
  const wanted = [...oracle.signals.values()].flatMap((signal) => (signal.kind === 'contract' ? [`${signal.accountId} ${signal.sourceId} ${signal.id} ${signal.data.status}`] : []));
  for (const entry of wanted) if (!found.delete(entry)) findings.lost.push(`contract entry ${entry}`);
  for (const entry of found) findings.doubled.push(`contract entry ${entry}`);
}

/** Risk levels follow each other: each change starts where the one before ended, and the last is what is stored. */
function checkTransitions(topics: Topics, stored: StoredEffects, findings: Findings): void {
  const told = new Map<string, string | null>();
  for (const [accountId, changes] of Map.groupBy(once(topics.riskChanges), ({ key }) => key)) {
    let level: string | null = null;
    for (const { event: { data: { from, to, version } } } of changes) {
      // A first verdict that is green is only taken note of.
      const legal = from !== to && (level === null ? from === 'unknown' || from === 'green' : from === level);
      if (!legal) findings.other.push(`risk of ${accountId} went from ${from} to ${to} (version ${version}) while it was ${level ?? 'not told'}`);
      level = to;
    }
    told.set(accountId, level);
  }
  for (const row of stored.scored) {
    const now = verdictOf(row)?.riskLevel ?? 'unknown';
    const level = told.get(row.account_id);
    const silent = now === 'unknown' || now === 'green';
    if (level === undefined ? !silent : now !== level) findings.lost.push(`risk change of ${row.account_id}: told ${level ?? 'nothing'}, stored ${now}`);
    told.delete(row.account_id);
  }
  for (const [accountId, level] of told) findings.doubled.push(`risk change of ${accountId} to ${level}, which has no score`);
}

function checkPlaybooks(topics: Topics, stored: StoredEffects, findings: Findings): void {
  const open = Map.groupBy(stored.runs.filter(({ state }) => state === 'running'), (run) => `${run.account_id} ${run.playbook_id}`);
  for (const [place, runs] of open) if (runs.length > 1) findings.doubled.push(`${runs.length} open runs of ${place}`);
  // Where another reason keeps the run going, an account that was green for a while is worked on anew in it.
  const recoveries = Map.groupBy(once(topics.riskChanges).filter(({ event }) => event.data.to === 'green'), ({ key }) => key);
  const accountOf = new Map(stored.runs.map((run) => [run.id, run.account_id]));
  for (const [place, tasks] of Map.groupBy(stored.tasks, (task) => `${task.run_id} ${task.title}`)) {
    const atMost = 1 + (recoveries.get(accountOf.get(tasks[0]!.run_id) ?? '')?.length ?? 0);
    const kept = tasks.filter(({ status }) => status !== 'cancelled').length;
    if (tasks.length > atMost || (tasks.length > 1 && kept > 1)) findings.doubled.push(`task ${place}: ${tasks.length} times, ${kept} of them not cancelled, at most ${atMost}`);
  }

  const told = new Map<string, { state: string; ended: boolean }>();
  for (const { event } of once(topics.playbooks)) {
    const { id } = event.data;
    const state = 'state' in event.data ? event.data.state : event.data.status;
    const before = told.get(id);
    if (before?.ended) findings.other.push(`${event.type} ${id} went on from ${before.state} to ${state}`);
    told.set(id, { state, ended: state !== 'running' && state !== 'open' });
  }
  for (const { id, state } of [...stored.runs, ...stored.tasks.map(({ id: taskId, status }) => ({ id: taskId, state: status }))]) {
    if (told.get(id)?.state !== state) findings.lost.push(`run or task ${id}: told ${told.get(id)?.state}, stored ${state}`);
    told.delete(id);
  }
  for (const [id, { state }] of told) findings.doubled.push(`run or task ${id}, told as ${state}, is not stored`);
  const running = new Set(stored.runs.filter(({ state, playbook_id }) => state === 'running' && playbook_id === 'risk-response').map((run) => run.account_id));
  for (const [accountId, changes] of Map.groupBy(once(topics.riskChanges), ({ key }) => key)) {
    const { to, cause } = changes.at(-1)!.event.data;
    if ((to === 'red' || to === 'amber') && cause !== 'restatement' && cause !== 'revision' && !running.has(accountId)) findings.lost.push(`run of risk-response for ${accountId}, which is ${to}`);
  }
  const withTask = new Set(stored.tasks.map((task) => task.run_id));
  for (const { id, account_id: accountId, playbook_id: playbookId } of stored.runs) if (playbookId === 'risk-response' && !withTask.has(id)) findings.lost.push(`task of risk-response for ${accountId}`);
}

function checkNotifications(topics: Topics, stored: StoredEffects, sinks: readonly WebhookSink[], findings: Findings): void {
  const nameOf = ({ key, version }: { readonly key: string; readonly version: number }) => `risk-changes/${key}/${version}`;
  const changes = once(topics.riskChanges).map(nameOf);
  // What scorecards moved stands on topic and stream only.
  const news = once(topics.riskChanges).filter(({ event }) => event.data.cause !== 'revision').map(nameOf);
  const ids = new Set(news.map((name) => `msg_${Buffer.from(name).toString('base64url')}`));
  const announced = new Set(stored.announced.map((row) => `risk-changes/${row.account_id}/${row.version}`));
  for (const name of changes) if (!announced.has(name)) findings.lost.push(`announcement of ${name}`);
  if (stored.inbox !== news.length) (stored.inbox < news.length ? findings.lost : findings.doubled).push(`inbox: ${stored.inbox} items for ${news.length} risk changes`);
  if (stored.stream !== changes.length) (stored.stream < changes.length ? findings.lost : findings.doubled).push(`stream: ${stored.stream} events for ${changes.length} risk changes`);
  for (const sink of sinks) {
    const own = stored.deliveries.filter(({ url }) => url === sink.url);
    const queued = new Set(own.map((delivery) => delivery.message_id));
    if (queued.size < own.length) findings.doubled.push(`${own.length} deliveries of ${queued.size} messages to ${sink.url}`);
    for (const id of ids) {
      if (!queued.has(id)) findings.lost.push(`delivery of ${id} to ${sink.url}`);
      else if (!sink.received.has(id)) findings.lost.push(`${id} never reached ${sink.url}`);
    }
    for (const { message_id: id, state } of own) if (state !== 'delivered') findings.lost.push(`delivery of ${id} to ${sink.url} is ${state}`);
    for (const [id, bodies] of sink.received) {
      if (!ids.has(id)) findings.doubled.push(`${sink.url} received ${id}, which is no risk change`);
      if (new Set(bodies).size > 1) findings.doubled.push(`${id} reached ${sink.url} with different bodies`);
    }
  }
  const told = new Map<string, number>();
  for (const { event } of once(topics.notifications)) if (event.data.state === 'delivered') told.set(event.data.id, (told.get(event.data.id) ?? 0) + 1);
  for (const [id, times] of told) if (times > 1) findings.doubled.push(`delivery ${id} was told ${times} times as delivered`);
  const delivered = stored.deliveries.filter(({ state }) => state === 'delivered').length;
  if (told.size !== delivered) (told.size < delivered ? findings.lost : findings.doubled).push(`notifications: ${told.size} told as delivered, ${delivered} stored`);
}

async function checkLeftovers(system: ChaosSystem, deadLetters: number | null, findings: Findings): Promise<void> {
  let letters = 0;
  for (const service of ['signal-ingestion', 'health-scoring', 'renewal-forecasting', 'playbook-orchestration', 'notifications']) {
    const [row] = await system.rows<{ outbox: string; dead: string }>(service, `SELECT (SELECT count(*) FROM messaging_outbox) AS outbox, (SELECT count(*) FROM messaging_dead_letter WHERE state = 'dead') AS dead`);
    if (Number(row?.outbox) > 0) findings.lost.push(`${row?.outbox} rows left in the outbox of ${service}`);
    letters += Number(row?.dead);
  }
  if (deadLetters !== null && letters !== deadLetters) findings.other.push(`${letters} dead letters instead of ${deadLetters}`);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
