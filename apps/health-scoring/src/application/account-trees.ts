import { Injectable } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import { consumptionOf, coveredBy, rolledUp, worstOf, type RollUpChoice, type TreeAccount } from '../domain/hierarchy/roll-up.js';
import { dayOf } from '../domain/time/day.js';
import { HealthQueries } from './health-queries.js';
import { StateQueries } from './state-queries.js';

/** Accounts of one tree that are looked at, the nearest first. */
export const mostOfTree = 2_000;

export interface RollUp {
  readonly healthScore: number | null;
  /** The account itself. */
  readonly own: TreeAccount;
  /** All below it, parents before their children; their strikes are listed and not added. */
  readonly below: readonly TreeAccount[];
  readonly worst: TreeAccount | null;
  readonly covered: ReturnType<typeof coveredBy>;
}

/** An account with all that stands below it, of the verdicts as they were given. */
@Injectable()
export class AccountTrees {
  constructor(
    private readonly health: HealthQueries,
    private readonly states: StateQueries,
    private readonly clock: Clock,
  ) {}

  /** Null for an account that scoring does not know. */
  async of(accountId: string, by: RollUpChoice): Promise<RollUp | null> {
    const tree = await this.health.tree(accountId, mostOfTree);
    const [own, ...below] = tree;
    if (own === undefined) return null;
    const day = dayOf(this.clock.now().getTime());
    const uses = (await this.states.readMany(tree.map(({ id }) => id))).map((state) => consumptionOf(state, day));
    return { healthScore: rolledUp(tree, by), own, below, worst: worstOf(tree), covered: coveredBy(accountId, tree, uses) };
  }
}
