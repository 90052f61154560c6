import type { AccountBook } from './account-book.js';
import { businessCalendar, type BusinessCalendar, type Holidays } from './business-calendar.js';
import { decide } from './decide.js';
import { evolve } from './evolve.js';
import type { PlaybookDocument } from './playbook-document.js';
import type { RunCommand } from './run-commands.js';
import { initialState, type Run } from './run.js';
import { reviewsAfter } from './save-plan-review.js';

/** All that concerns one account: what is known of it and its runs. */
export interface Desk {
  readonly book: AccountBook;
  /** Oldest first; at most one running per playbook. */
  readonly runs: readonly Run[];
}

/** The playbooks at hand. */
export interface Shelf {
  /** Newest revision of each playbook that may start. */
  readonly newest: readonly PlaybookDocument[];
  /** Any revision that was ever shipped; a running run keeps its own. */
  revision(id: string, revision: number): PlaybookDocument;
}

/** What every decision at a desk needs besides the desk. */
export interface Office {
  readonly shelf: Shelf;
  readonly holidays: Holidays;
  /** Users who were deactivated; of the owners concerned, at least. */
  readonly departed: ReadonlySet<string>;
  /** The deployment only observes: nothing is started. */
  readonly observe: boolean;
}

export function runningRun(desk: Desk, playbookId: string): Run | undefined {
  return desk.runs.find((run) => run.state === 'running' && run.playbook.id === playbookId);
}

export function calendarOf(desk: Desk, office: Office): BusinessCalendar {
  return businessCalendar(desk.book, office.holidays);
}

/** Who gets new tasks: nobody (the unassigned queue) when the owner has left. */
export function takerOf(desk: Desk, office: Office): string | null {
  const { ownerId } = desk.book;
  return ownerId !== null && office.departed.has(ownerId) ? null : ownerId;
}

/** The revision that applies to an account now: that of its running run, else the newest; null: neither. */
export function documentFor(desk: Desk, playbookId: string, office: Office): PlaybookDocument | null {
  const running = runningRun(desk, playbookId);
  if (running) return office.shelf.revision(running.playbook.id, running.playbook.revision);
  return office.shelf.newest.find((document) => document.id === playbookId) ?? null;
}

/** Playbooks that concern the account: those that may start and those that run. */
export function playbooksAt(desk: Desk, office: Office): readonly string[] {
  const running = desk.runs.filter((run) => run.state === 'running').map((run) => run.playbook.id);
  return [...new Set([...office.shelf.newest.map((document) => document.id), ...running])];
}

/** The desk after a command to the account's run of a playbook; the same object when nothing changed. */
export function command(desk: Desk, playbookId: string, order: RunCommand, office: Office): Desk {
  const document = documentFor(desk, playbookId, office);
  if (!document) return desk;
  const before = runningRun(desk, playbookId) ?? initialState();
  const setting = { document, calendar: calendarOf(desk, office), accountName: desk.book.name ?? desk.book.accountId, ownerId: takerOf(desk, office) };
  const events = decide(order, before, setting);
  const after = events.reduce(evolve, before);
  if (after === null || events.length === 0) return desk;
  const runs = before === null ? [...desk.runs, after] : desk.runs.map((run) => (run === before ? after : run));
  const reviews = reviewsAfter(desk.book.reviews, after, document);
  return { ...desk, runs, book: { ...desk.book, reviews } };
}

/** The same command to every running run of the account. */
export function commandAll(desk: Desk, order: RunCommand, office: Office): Desk {
  return playbooksAt(desk, office).reduce((now, playbookId) => (runningRun(now, playbookId) ? command(now, playbookId, order, office) : now), desk);
}
