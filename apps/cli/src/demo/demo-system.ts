import type { AccountState } from '@perennial/contracts/account';
import type { HealthState, Indicator } from '@perennial/contracts/health';
import type { RunChanged, TaskChanged } from '@perennial/contracts/playbook';
import type { Renewal } from '@perennial/contracts/renewal';
import type { Signal, SignalInput } from '@perennial/contracts/signal';
import type { ApiClient } from '../commands/api-client.js';
import { mustBe, StoryBroke } from './story-broke.js';

interface List<T> {
  readonly data: readonly T[];
  readonly hasMore: boolean;
}

export interface AccountRow {
  readonly id: string;
  readonly name: string | null;
  readonly ownerId: string | null;
  readonly arrMinor: number | null;
  readonly currency: string | null;
  readonly renewalOn: string | null;
  readonly noticeOn: string | null;
  readonly healthScore: number | null;
  readonly riskLevel: string;
  readonly strikes: number;
}

const signalsAtOnce = 1000;

/** The running system as anybody else sees it: through its public API only. */
export class DemoSystem {
  constructor(
    private readonly api: ApiClient,
    readonly signal: AbortSignal,
    /** Resolves once no service has anything left to do; rejects when that takes longer. */
    private readonly settle: (withinMs: number) => Promise<void>,
  ) {}

  get url(): string {
    return this.api.url;
  }

  saveAccount(id: string, fields: object): Promise<AccountState> {
    return this.api.call('PUT', `/api/v1/accounts/${encodeURIComponent(id)}`, fields);
  }

  async send(step: string, signals: readonly SignalInput[]): Promise<void> {
    for (let from = 0; from < signals.length; from += signalsAtOnce) {
      this.signal.throwIfAborted();
      const batch = signals.slice(from, from + signalsAtOnce);
      const { accepted, results } = await this.api.call<{ accepted: number; results: { id?: string; status: string; detail?: string }[] }>('POST', '/api/v1/signals', { signals: batch });
      const refused = results.find(({ status }) => status !== 'accepted');
      mustBe(accepted === batch.length, step, `signal ${refused?.id ?? ''} was rejected: ${refused?.detail ?? ''}`);
    }
  }

  registerWebhook(url: string): Promise<{ id: string; secret: string }> {
    return this.api.call('POST', '/api/v1/webhook-endpoints', { url, eventTypes: ['risk.changed'] });
  }

  health(accountId: string): Promise<HealthState> {
    return this.api.get(`/api/v1/accounts/${accountId}/health`);
  }

  async indicators(accountId: string): Promise<readonly Indicator[]> {
    return this.list(`/api/v1/accounts/${accountId}/indicators`);
  }

  portfolio(): Promise<readonly AccountRow[]> {
    return this.list('/api/v1/accounts?limit=100');
  }

  /** The renewal of the running term. */
  async renewal(accountId: string): Promise<Renewal | null> {
    const renewals = await this.list<Renewal>(`/api/v1/renewals?accountId=${accountId}`);
    return renewals.find(({ state }) => state === 'open' || state === 'agreed' || state === 'churn_notified') ?? null;
  }

  runs(accountId?: string): Promise<readonly RunChanged[]> {
    return this.list(`/api/v1/runs?limit=100${accountId ? `&accountId=${accountId}` : ''}`);
  }

  openTasks(accountId?: string): Promise<readonly TaskChanged[]> {
    return this.list(`/api/v1/tasks?limit=100&status=open${accountId ? `&accountId=${accountId}` : ''}`);
  }

  usageSince(accountId: string, instant: string): Promise<readonly Extract<Signal, { kind: 'usage' }>[]> {
    return this.list(`/api/v1/accounts/${accountId}/signals?kind=usage&limit=100&from=${instant}`);
  }

  /** Waits until everything that was sent has had all of its effects, looks that are due included. */
  async settled(step: string, withinMs: number): Promise<void> {
    this.signal.throwIfAborted();
    await this.settle(withinMs).catch((error: unknown) => {
      throw new StoryBroke(step, error instanceof Error ? error.message : String(error));
    });
    const letters = await this.list<{ readonly service: string; readonly topic: string; readonly message: string }>('/api/v1/dead-letters');
    const [first] = letters;
    mustBe(first === undefined, step, `${letters.length} dead letters; the first of ${first?.service ?? ''} on ${first?.topic ?? ''}: ${first?.message ?? ''}`);
  }

  private async list<T>(path: string): Promise<readonly T[]> {
    return (await this.api.get<List<T>>(path)).data;
  }
}
