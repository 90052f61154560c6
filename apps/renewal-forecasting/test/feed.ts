import { randomUUID } from 'node:crypto';
import type { HealthState } from '@perennial/contracts/health';
import { signalType, type Signal, type SignalData, type SignalKind } from '@perennial/contracts/signal';
import { healthTopic, signalsTopic } from '@perennial/contracts/topics';
import type { TestEvent, TestService } from '@perennial/testing/service';

type SignalEvent = TestEvent<typeof signalsTopic>;

/** Makes the events that signal-ingestion and health-scoring would publish, versions rising per account. */
export class Feed {
  private readonly versions = new Map<string, number>();

  constructor(private readonly service: TestService) {}

  /** A signal told at `occurredAt` (default the clock's now). */
  signal<K extends SignalKind>(accountId: string, kind: K, data: SignalData[K], occurredAt = this.service.clock.now().toISOString()): SignalEvent {
    const signal = {
      id: randomUUID(), kind, accountId, personId: null, occurredAt, receivedAt: this.service.clock.now().toISOString(), sourceId: 'crm', product: null, clamped: false, data, version: this.next(`signals/${accountId}`),
    } as unknown as Signal;
    return { type: signalType(kind), key: accountId, data: signal } as unknown as SignalEvent;
  }

  /** A contract for calendar year 2026, 120,000.00 a year, 60 days of notice. */
  contract(accountId: string, data: Partial<SignalData['contract']> = {}, occurredAt?: string): SignalEvent {
    return this.signal(accountId, 'contract', { contractId: `C-${accountId}`, status: 'created', startsOn: '2026-01-01', endsOn: '2026-12-31', arrMinor: 12_000_000, currency: 'USD', noticeDays: 60, ...data }, occurredAt);
  }

  mark(accountId: string, mark: 'reset' | 'restated'): SignalEvent {
    return { type: `perennial.account.${mark}.v1`, key: accountId, data: { accountId, cause: 'restatement', reason: 'test', version: this.next(`signals/${accountId}`) } } as unknown as SignalEvent;
  }

  health(accountId: string, indicators: [kind: string, severe: boolean][], pulse: number | null = null): TestEvent<typeof healthTopic> {
    const asOf = this.service.clock.now().toISOString();
    const data: HealthState = {
      accountId, healthScore: 50, rawScore: 50, adjustments: [], override: null, band: 'amber', riskLevel: 'amber', dataCoverage: 1, lowConfidence: false, trend: 'flat',
      strikes: { count: 0, groups: [], savePlanReview: false },
      measures: pulse === null ? [] : [{ id: 'csm_sentiment', family: 'CSM sentiment', value: pulse, unit: null, points: 50, band: 'amber', weight: 10, contribution: 0, state: 'ok', validUntil: null, text: '', evidence: { signalIds: [] } }],
      indicators: indicators.map(([kind, severe]) => ({ id: `${accountId}-${kind}`, kind, group: 'use', severe, text: `${kind} of ${accountId}`, since: asOf, validUntil: null, evidence: [] })),
      scorecard: { id: 'csm-led', revision: 1 }, asOf, version: this.next(`health/${accountId}`),
    };
    return { type: 'perennial.health.changed.v1', key: accountId, data };
  }

  async tell(...events: SignalEvent[]): Promise<void> {
    await this.service.publish(signalsTopic, events);
    await this.service.settle();
  }

  async tellHealth(...events: TestEvent<typeof healthTopic>[]): Promise<void> {
    await this.service.publish(healthTopic, events);
    await this.service.settle();
  }

  private next(stream: string): number {
    const version = (this.versions.get(stream) ?? 0) + 1;
    this.versions.set(stream, version);
    return version;
  }
}
