import type { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import type { Database } from '@perennial/persistence/transaction';
import type { ServiceState } from '../service-state.js';

/** Collects what keeps a service from doing its work. */
export class Readiness {
  constructor(
    private readonly state: ServiceState,
    private readonly database: Database,
    private readonly progress: ConsumerProgress,
  ) {}

  /** What is missing, for people; empty when ready. */
  async missing(): Promise<string[]> {
    if (this.state.draining) return ['draining'];
    const [database, consumers] = await Promise.all([this.databaseAnswers(), this.progress.ready()]);
    return [...(database ? [] : ['the database does not answer']), ...consumers.reasons];
  }

  private async databaseAnswers(): Promise<boolean> {
    try {
      await this.database.query({ name: 'ready', text: 'SELECT 1' });
      return true;
    } catch {
      return false;
    }
  }
}
