import { Inject, Injectable } from '@nestjs/common';
import { plansTopic, playbooksTopic } from '@perennial/contracts/topics';
import type { ReceivedEvent } from '@perennial/messaging/batch-consumer';
import { Outbox, type EventDraft } from '@perennial/messaging/outbox';
import type { Transaction } from '@perennial/persistence/transaction';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import { CONFIG } from '@perennial/service-kit/service';
import type { OrchestrationConfig } from '../config.js';
import type { Desk, Office } from '../domain/desk.js';
import { changesOf, type DeskChanges } from '../domain/desk-changes.js';
import type { Occasion } from '../domain/look-over.js';
import { plansOnWire, runOnWire, taskOnWire } from '../domain/wire.js';
import { HolidayCalendar } from './holiday-calendar.js';
import { OrchestrationStore } from './orchestration-store.js';
import { PlaybookShelf } from './playbook-shelf.js';

/** One piece of work at an account's desk. */
export interface DeskWork {
  readonly accountId: string;
  readonly occasion: Occasion;
  /** The event behind it, for causation and trace of what is published. */
  readonly cause?: ReceivedEvent | undefined;
  readonly work: (desk: Desk, office: Office) => Desk;
}

/** What `open` has to read beside the accounts. */
export interface OpenOptions {
  /** Countries and owners that the work will bring in. */
  readonly countries?: readonly string[];
  readonly userIds?: readonly string[];
}

/** The one way to change accounts and runs: open and lock the desks, work in memory, save and publish once. */
@Injectable()
export class Desks {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<OrchestrationConfig, 'observe'>,
    private readonly store: OrchestrationStore,
    private readonly shelf: PlaybookShelf,
    private readonly calendar: HolidayCalendar,
    private readonly outbox: Outbox,
    private readonly runner: DueWorkNudge,
  ) {}

  /** Locks the accounts until `tx` ends. */
  async open(tx: Transaction, accountIds: readonly string[], options: OpenOptions = {}): Promise<OpenDesks> {
    const desks = await this.store.open(tx, [...new Set(accountIds)].sort());
    await this.shelf.provideFor(desks.flatMap((desk) => desk.runs));
    await this.calendar.prepare([...desks.map((desk) => desk.book.country), ...(options.countries ?? [])].filter((country) => country !== null && country !== undefined));
    const owners = desks.map((desk) => desk.book.ownerId).filter((owner) => owner !== null);
    const departed = await this.store.departedAmong(tx, [...new Set([...owners, ...(options.userIds ?? [])])].sort());
    const office: Office = { shelf: this.shelf, holidays: (country, year) => this.calendar.daysOff(country, year), departed, observe: this.config.observe };
    return new OpenDesks(desks, office);
  }

  /** Stores and publishes what changed: one state per run, task and account, however often it changed in between. */
  async save(tx: Transaction, open: OpenDesks): Promise<void> {
    const changed = open.changes();
    if (changed.length === 0) return;
    const setTimers = changed.flatMap(({ changes }) => changes.timers.set);
    const playbookDrafts = changed.flatMap(draftsOf);
    const plans = changed.filter(({ changes }) => changes.reviewsChanged).map(({ desk, at, cause }) => {
      const data = plansOnWire(desk.book);
      return { type: 'perennial.plan.changed.v1' as const, key: desk.book.accountId, data, time: new Date(at), cause, fingerprint: JSON.stringify(data) };
    });
    const save = this.store.save(tx, {
      books: changed.filter(({ changes }) => changes.bookChanged).map(({ desk }) => desk.book),
      // Ended runs first: an account has one running run per playbook.
      runs: changed.flatMap(({ changes }) => changes.runs).sort((a, b) => Number(a.state === 'running') - Number(b.state === 'running')),
      tasks: changed.flatMap(({ changes }) => changes.tasks),
      timers: { set: setTimers, drop: changed.flatMap(({ changes }) => changes.timers.drop) },
    });
    await Promise.all([save, this.outbox.publish(tx, playbooksTopic, playbookDrafts), this.outbox.publish(tx, plansTopic, plans)]);
    if (setTimers.length > 0) tx.afterCommit(() => this.runner.nudge(new Date(Math.min(...setTimers.map(({ dueAt }) => Date.parse(dueAt))))));
  }

  /** Opens, works in the given order and saves. */
  async work(tx: Transaction, works: readonly DeskWork[], options: OpenOptions = {}): Promise<void> {
    if (works.length === 0) return;
    const open = await this.open(tx, works.map(({ accountId }) => accountId), options);
    for (const work of works) open.work(work);
    await this.save(tx, open);
  }
}

interface ChangedDesk {
  readonly desk: Desk;
  readonly changes: DeskChanges;
  readonly at: string;
  readonly cause: ReceivedEvent | undefined;
}

/** Desks that are locked, with what was done at them so far. */
export class OpenDesks {
  private readonly opened: ReadonlyMap<string, Desk>;
  private readonly now: Map<string, Desk>;
  private readonly last = new Map<string, DeskWork>();

  constructor(
    desks: readonly Desk[],
    private readonly office: Office,
  ) {
    this.opened = new Map(desks.map((desk) => [desk.book.accountId, desk]));
    this.now = new Map(this.opened);
  }

  get departed(): ReadonlySet<string> {
    return this.office.departed;
  }

  desk(accountId: string): Desk {
    const desk = this.now.get(accountId);
    if (!desk) throw new Error(`the desk of account ${accountId} was not opened`);
    return desk;
  }

  work(work: DeskWork): void {
    const before = this.desk(work.accountId);
    const after = work.work(before, this.office);
    if (after === before) return;
    this.now.set(work.accountId, after);
    this.last.set(work.accountId, work);
  }

  changes(): ChangedDesk[] {
    return [...this.last].map(([accountId, { occasion, cause }]) => {
      const desk = this.desk(accountId);
      const before = this.opened.get(accountId) ?? desk;
      return { desk, cause, at: occasion.at, changes: changesOf(before, desk, occasion.at, this.office) };
    });
  }
}

function draftsOf({ desk, changes, at, cause }: ChangedDesk): EventDraft<typeof playbooksTopic>[] {
  const base = { key: desk.book.accountId, time: new Date(at), cause };
  return [
    ...changes.runs.map((run) => ({ ...base, type: 'perennial.run.changed.v1' as const, data: runOnWire(run) })),
    ...changes.tasks.map(({ run, task }) => ({ ...base, type: 'perennial.task.changed.v1' as const, data: taskOnWire(run, task) })),
  ];
}
