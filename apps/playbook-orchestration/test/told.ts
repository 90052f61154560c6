import type { AccountState } from '@perennial/contracts/account';
import type { HealthState, RiskChange } from '@perennial/contracts/health';
import type { RenewalsState } from '@perennial/contracts/renewal';
import { accountsTopic, healthTopic, renewalsTopic, riskChangesTopic, usersTopic } from '@perennial/contracts/topics';
import type { List } from '@perennial/service-kit/list';
import { startTestService, type TestService, type TestServiceOptions } from '@perennial/testing/service';
import { playbookOrchestration } from '../src/service.js';
import type { RunRow, TaskRow } from '../src/application/work-list.js';
import { health, riskChange } from './desk-fixture.js';

type Renewal = RenewalsState['renewals'][number];

/** The service with short words for what the other services tell it. */
export class Orchestration {
  private version = 0;

  private constructor(readonly service: TestService) {}

  static async start(options: TestServiceOptions = {}): Promise<Orchestration> {
    return new Orchestration(await startTestService(playbookOrchestration, options));
  }

  async account(id: string, more: Partial<AccountState> = {}): Promise<void> {
    const data: AccountState = {
      id, name: id, segment: null, tier: null, region: null, country: null, timeZone: null, lifecycleStage: null, ownerId: 'olga', parentId: null, aliases: [], mergedInto: null,
      goLive: null, traits: {}, createdAt: '2026-01-01T00:00:00.000Z', stakeholders: [], version: ++this.version, ...more,
    };
    await this.service.publish(accountsTopic, [{ type: 'perennial.account.changed.v1', key: id, data }]);
    await this.service.settle();
  }

  async user(id: string, active: boolean): Promise<void> {
    await this.service.publish(usersTopic, [{ type: 'perennial.user.changed.v1', key: id, data: { id, email: `${id}@example.com`, name: id, role: 'csm', active, version: ++this.version } }]);
    await this.service.settle();
  }

  async risk(id: string, from: RiskChange['from'], to: RiskChange['to'], more: Partial<RiskChange> = {}): Promise<void> {
    const data = { ...riskChange(from, to), accountId: id, version: ++this.version, ...more };
    await this.service.publish(riskChangesTopic, [{ type: 'perennial.risk.changed.v1', key: id, data }]);
    await this.service.settle();
  }

  async health(id: string, level: HealthState['riskLevel'], groups: HealthState['strikes']['groups'], more: Partial<HealthState> = {}): Promise<void> {
    const data = { ...health(level, groups), accountId: id, version: ++this.version, ...more };
    await this.service.publish(healthTopic, [{ type: 'perennial.health.changed.v1', key: id, data }]);
    await this.service.settle();
  }

  async renewal(id: string, renewal: Pick<Renewal, 'noticeOn' | 'renewalOn'> & Partial<Renewal>): Promise<void> {
    const whole: Renewal = { id: `c1~${renewal.renewalOn}`, accountId: id, contractId: 'c1', arrMinor: 1_000_000, currency: 'EUR', state: 'open', outcome: null, forecast: null, ...renewal };
    await this.service.publish(renewalsTopic, [{ type: 'perennial.renewal.changed.v1', key: id, data: { accountId: id, arrMinor: 1_000_000, currency: 'EUR', renewals: [whole], version: ++this.version } }]);
    await this.service.settle();
  }

  async read<T = unknown>(path: string): Promise<T> {
    const { status, body } = await this.service.request<T>('GET', `/api/v1${path}`, { scopes: ['playbooks:read'] });
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  async runs(accountId: string): Promise<RunRow[]> {
    return (await this.read<List<RunRow>>(`/runs?accountId=${accountId}`)).data;
  }

  async tasks(accountId: string, playbookId: string): Promise<TaskRow[]> {
    const { data } = await this.read<List<TaskRow>>(`/tasks?accountId=${accountId}&limit=100`);
    return data.filter((task) => task.playbook.id === playbookId);
  }

  async settleTask(id: string, body: object, headers: Record<string, string> = {}) {
    const answer = await this.service.request('POST', `/api/v1/tasks/${id}`, { scopes: ['playbooks:write'], body, headers });
    await this.service.settle();
    return answer;
  }
}
