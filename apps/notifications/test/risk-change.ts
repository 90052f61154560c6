import type { RiskChange } from '@perennial/contracts/health';
import type { riskChangesTopic } from '@perennial/contracts/topics';
import type { TestEvent } from '@perennial/testing/service';

/** A risk change of `accountId` as scoring publishes it; `version` is the event's place among those of the account. */
export function riskChange(accountId: string, version: number, more: Partial<RiskChange> = {}): TestEvent<typeof riskChangesTopic> {
  return {
    type: 'perennial.risk.changed.v1',
    key: accountId,
    id: `risk-changes/${accountId}/${version}`,
    data: {
      accountId, from: 'green', to: 'red', healthScore: 21.5,
      reasons: [{ indicator: 'cancel_scheduled', text: 'Cancellation is scheduled', evidence: ['s-1'] }],
      cause: 'signal', strikes: { count: 1, groups: ['commercial'] }, renewalOn: '2026-12-31', noticeOn: '2026-11-30', arrMinor: 1_200_000, currency: 'USD',
      scorecardRevision: { id: 'csm-led', revision: 1 }, occurredAt: '2026-03-02T09:00:00.000Z', version, ...more,
    },
  };
}
