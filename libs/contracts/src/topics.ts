import { AccountImported, AccountImporting, AccountReset, AccountRestated, AccountState, UserState } from './account.js';
import { HealthState, ImportQuestioned, RiskChange, SenderState, SourceState } from './health.js';
import { NotificationChanged } from './notification.js';
import { PersonErased } from './person.js';
import { PlansState, RunChanged, TaskChanged } from './playbook.js';
import { RenewalsState } from './renewal.js';
import { resolvedSignalSchema, signalKinds, signalType, type SignalKind } from './signal.js';
import { ScorecardChanged } from './scorecard.js';
import { InputRejected, VendorCall } from './telemetry.js';
import { defineTopic, type AnyTopic } from './topic.js';
import { Type } from 'typebox';

type SignalSchemas = { [K in SignalKind as `perennial.signal.${K}.v1`]: ReturnType<typeof resolvedSignalSchema<K>> };
const signalSchemas = Object.fromEntries(signalKinds.map((kind) => [signalType(kind), resolvedSignalSchema(kind)])) as SignalSchemas;

/** SIGNALs are validated in full, per item, by signal-ingestion: a bad one becomes a listed reject there, not a dead letter. */
const rawSignals = Object.fromEntries(signalKinds.map((kind) => [signalType(kind), Type.Unknown()])) as {
  [K in SignalKind as `perennial.signal.${K}.v1`]: ReturnType<typeof Type.Unknown>;
};

/** The front door: vendor calls, SIGNALs and rejects as the edge or another producer wrote them. */
export const telemetryTopic = defineTopic({
  stream: 'telemetry', version: 1, kind: 'log', retentionDays: 7, key: 'identity', versioned: false,
  events: { 'perennial.vendor.call.v1': VendorCall, 'perennial.input.rejected.v1': InputRejected, ...rawSignals },
});

/** Every signal of every account, resolved; the marks of a restatement and of an import travel among them. */
export const signalsTopic = defineTopic({
  stream: 'signals', version: 1, kind: 'log', retentionDays: 400, key: 'accountId',
  events: {
    ...signalSchemas, 'perennial.account.reset.v1': AccountReset, 'perennial.account.restated.v1': AccountRestated,
    'perennial.account.importing.v1': AccountImporting, 'perennial.account.imported.v1': AccountImported,
  },
});

export const accountsTopic = defineTopic({
  stream: 'accounts', version: 1, kind: 'state', key: 'accountId', events: { 'perennial.account.changed.v1': AccountState },
});
export const usersTopic = defineTopic({
  stream: 'users', version: 1, kind: 'state', key: 'userId', partitions: 1, events: { 'perennial.user.changed.v1': UserState },
});
export const healthTopic = defineTopic({
  stream: 'health', version: 1, kind: 'state', key: 'accountId', events: { 'perennial.health.changed.v1': HealthState },
});
/** Liveness of each signal kind as scoring sees it, and of each source as ingestion does, and imports of which scoring asks what they are: what operators are told of what comes in. */
export const sourcesTopic = defineTopic({
  stream: 'sources', version: 1, kind: 'state', key: 'signalKind', partitions: 1, events: { 'perennial.source.changed.v1': SourceState, 'perennial.sender.changed.v1': SenderState, 'perennial.import.questioned.v1': ImportQuestioned },
});
export const renewalsTopic = defineTopic({
  stream: 'renewals', version: 1, kind: 'state', key: 'accountId', events: { 'perennial.renewal.changed.v1': RenewalsState },
});
export const plansTopic = defineTopic({
  stream: 'plans', version: 1, kind: 'state', key: 'accountId', events: { 'perennial.plan.changed.v1': PlansState },
});
export const riskChangesTopic = defineTopic({
  stream: 'risk-changes', version: 1, kind: 'log', retentionDays: 30, key: 'accountId', public: true,
  events: { 'perennial.risk.changed.v1': RiskChange },
});
export const playbooksTopic = defineTopic({
  stream: 'playbooks', version: 1, kind: 'log', retentionDays: 90, key: 'accountId',
  events: { 'perennial.run.changed.v1': RunChanged, 'perennial.task.changed.v1': TaskChanged },
});
export const notificationsTopic = defineTopic({
  stream: 'notifications', version: 1, kind: 'log', retentionDays: 30, key: 'accountId', public: true,
  events: { 'perennial.notification.changed.v1': NotificationChanged },
});

/** What judges: scorecards as they were put in force, once every account has been looked at by them. */
export const scorecardsTopic = defineTopic({
  stream: 'scorecards', version: 1, kind: 'state', key: 'scorecardId', partitions: 1, events: { 'perennial.scorecard.changed.v1': ScorecardChanged },
});

/** Who was erased, for those who put into words what they learnt of them. Twice is once: no versions. */
export const peopleTopic = defineTopic({
  stream: 'people', version: 1, kind: 'log', retentionDays: 30, key: 'accountId', partitions: 1, versioned: false, events: { 'perennial.person.erased.v1': PersonErased },
});

/** Every topic of the system; the AsyncAPI document is generated from this list. */
export const allTopics: readonly AnyTopic[] = [
  telemetryTopic, signalsTopic, accountsTopic, usersTopic, healthTopic, sourcesTopic, renewalsTopic, plansTopic, riskChangesTopic, playbooksTopic, notificationsTopic, peopleTopic,
  scorecardsTopic,
];
