import type { AccountState } from '@perennial/contracts/account';
import type { HealthState, RiskChange } from '@perennial/contracts/health';
import type { PlansState } from '@perennial/contracts/playbook';
import type { RenewalsState } from '@perennial/contracts/renewal';
import { signalType, type SignalData, type SignalKind } from '@perennial/contracts/signal';
import { accountsTopic, healthTopic, plansTopic, renewalsTopic, riskChangesTopic, signalsTopic } from '@perennial/contracts/topics';
import type { TestEvent, TestResponse, TestService } from '@perennial/testing/service';
import { signalOf } from './scenario.js';

export type SignalEvent = TestEvent<typeof signalsTopic>;
type Extra = { readonly importId?: string; readonly at?: string; readonly personId?: string; readonly receivedAt?: string };

const dayMs = 86_400_000;

/** Tells a running service what the other services would, and asks it what people would. */
export class Desk {
  private readonly versions = new Map<string, number>();

  constructor(readonly service: TestService) {}

  /** An instant so many days from the clock's now. */
  days(count: number): string {
    return new Date(this.service.clock.now().getTime() + count * dayMs).toISOString();
  }

  /** A signal received now that happened `at` (default now). */
  signal<K extends SignalKind>(accountId: string, kind: K, data: SignalData[K], { at, personId, receivedAt, importId }: Extra = {}): SignalEvent {
    const now = this.days(0);
    const signal = signalOf(accountId, kind, data, Date.parse(at ?? now), { ...(personId !== undefined && { personId }), ...(importId !== undefined && { importId }) });
    return { type: signalType(kind), key: accountId, data: { ...signal, receivedAt: receivedAt ?? now, version: this.next('signals', accountId) } } as unknown as SignalEvent;
  }

  mark(accountId: string, mark: 'reset' | 'restated', cause: 'restatement' | 'import' = 'restatement'): SignalEvent {
    return { type: `perennial.account.${mark}.v1`, key: accountId, data: { accountId, cause, reason: 'test', version: this.next('signals', accountId) } } as unknown as SignalEvent;
  }

  /** The mark by which an import begins or ends at the account; `contacts`: how many of how many it changed. */
  imported(accountId: string, importId: string, mark: 'importing' | 'imported', contacts?: { known: number; changed: number }): SignalEvent {
    return { type: `perennial.account.${mark}.v1`, key: accountId, data: { accountId, importId, ...(contacts && { contacts }), version: this.next('signals', accountId) } } as unknown as SignalEvent;
  }

  /** The same signals under new versions, as a restatement tells them again. */
  again(events: readonly SignalEvent[]): SignalEvent[] {
    return events.map((event) => ({ ...event, data: { ...event.data, version: this.next('signals', event.key) } }) as SignalEvent);
  }

  account(id: string, fields: Partial<AccountState> = {}): TestEvent<typeof accountsTopic> {
    const data: AccountState = {
      id, name: `Name of ${id}`, segment: null, tier: 'mid', region: null, country: null, timeZone: null, lifecycleStage: null, ownerId: null, parentId: null, aliases: [], mergedInto: null, goLive: null,
      traits: {}, createdAt: this.days(-1), stakeholders: [], version: this.next('accounts', id), ...fields,
    };
    return { type: 'perennial.account.changed.v1', key: id, data };
  }

  renewals(accountId: string, fields: Partial<RenewalsState> = {}): TestEvent<typeof renewalsTopic> {
    return { type: 'perennial.renewal.changed.v1', key: accountId, data: { accountId, arrMinor: 1_000_000, currency: 'USD', renewals: [], version: this.next('renewals', accountId), ...fields } };
  }

  plans(accountId: string, state: 'open' | 'decided', groups: PlansState['savePlanReviews'][number]['groups']): TestEvent<typeof plansTopic> {
    const review = { id: 'review-1', state, groups, openedAt: this.days(0), decidedAt: state === 'decided' ? this.days(0) : null, decision: state === 'decided' ? 'accepted' : null };
    return { type: 'perennial.plan.changed.v1', key: accountId, data: { accountId, savePlanReviews: [review], version: this.next('plans', accountId) } };
  }

  /**
   * A customer of half a year that does well: every measure that can be told at once is, the newest a day old; what is
   * older came when it happened, so that no history has to be loaded.
   */
  well(accountId: string): SignalEvent[] {
    const at = this.days(-1);
    const day = (count: number): string => this.days(count).slice(0, 10);
    return [
      this.signal(accountId, 'person', { change: 'created', name: 'Sam', roles: ['executive_sponsor'] }, { at: this.days(-200), receivedAt: this.days(-199), personId: 'sam' }),
      this.signal(accountId, 'person', { change: 'created', name: 'Cleo', roles: ['champion'] }, { at, personId: 'cleo' }),
      this.signal(accountId, 'person', { change: 'created', name: 'Pat', roles: ['power_user'] }, { at, personId: 'pat' }),
      this.signal(accountId, 'goal', { goalId: 'g', name: 'Faster', metric: 'days', baseline: 10, target: 5, startsOn: day(-60), dueOn: day(30), status: 'confirmed', actual: 5 }, { at }),
      this.signal(accountId, 'survey', { type: 'nps', score: 9 }, { at, personId: 'sam' }),
      this.signal(accountId, 'survey', { type: 'renewal_intent', score: 9 }, { at, personId: 'sam' }),
      this.signal(accountId, 'pulse', { pulse: 4, reason: 'good talks' }, { at }),
      this.signal(accountId, 'engagement', { type: 'meeting', outcome: 'held', attendees: [{ personId: 'sam' }, { personId: 'cleo' }] }, { at }),
      this.signal(accountId, 'engagement', { type: 'call', outcome: 'held', attendees: [{ personId: 'pat' }] }, { at }),
      this.signal(accountId, 'ticket', { ticketId: 't-1', status: 'opened', priority: 'low' }, { at }),
      this.signal(accountId, 'ticket', { ticketId: 't-1', status: 'solved', priority: 'low' }, { at: this.days(-0.5) }),
      this.signal(accountId, 'usage', { event: 'used', quantity: 10 }, { at, personId: 'pat' }),
    ];
  }

  async tell(...events: SignalEvent[]): Promise<void> {
    await this.service.publish(signalsTopic, events);
    await this.service.settle();
  }

  async tellAccounts(...events: TestEvent<typeof accountsTopic>[]): Promise<void> {
    await this.service.publish(accountsTopic, events);
    await this.service.settle();
  }

  async tellRenewals(...events: TestEvent<typeof renewalsTopic>[]): Promise<void> {
    await this.service.publish(renewalsTopic, events);
    await this.service.settle();
  }

  async tellPlans(...events: TestEvent<typeof plansTopic>[]): Promise<void> {
    await this.service.publish(plansTopic, events);
    await this.service.settle();
  }

  get<Body>(path: string): Promise<TestResponse<Body>> {
    return this.service.request<Body>('GET', `/api/v1/accounts${path}`, { scopes: ['health:read', 'accounts:read'] });
  }

  post<Body>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<TestResponse<Body>> {
    return this.service.request<Body>('POST', `/api/v1/accounts${path}`, { scopes: ['health:write'], body, headers, sub: 'olga' });
  }

  async health(accountId: string): Promise<HealthState> {
    const { status, body } = await this.get<HealthState>(`/${accountId}/health`);
    if (status !== 200) throw new Error(`${accountId}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  async kinds(accountId: string): Promise<string[]> {
    return (await this.health(accountId)).indicators.map(({ kind }) => kind).sort();
  }

  async published(accountId: string): Promise<HealthState[]> {
    return (await this.service.published(healthTopic)).filter(({ key }) => key === accountId).map(({ data }) => data);
  }

  async risks(accountId: string): Promise<RiskChange[]> {
    return (await this.service.published(riskChangesTopic)).filter(({ key }) => key === accountId).map(({ data }) => data);
  }

  private next(stream: string, key: string): number {
    const version = (this.versions.get(`${stream}/${key}`) ?? 0) + 1;
    this.versions.set(`${stream}/${key}`, version);
    return version;
  }
}

/** What people judge by: all but when it was said and under which version. */
export const lasting = ({ asOf: _asOf, version: _version, ...rest }: HealthState): Omit<HealthState, 'asOf' | 'version'> => rest;
