import { isDeepStrictEqual } from 'node:util';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Fatal } from '@perennial/persistence/errors';
import { faultOfPlaybook } from '../domain/check-playbook.js';
import type { Shelf } from '../domain/desk.js';
import type { PlaybookDocument } from '../domain/playbook-document.js';
import type { Run } from '../domain/run.js';
import { shippedPlaybooks } from '../playbooks/shipped-playbooks.js';
import { PlaybookStore } from './orchestration-store.js';

const nameOf = (id: string, revision: number) => `${id} revision ${revision}`;

/**
 * The playbooks at hand: the shipped ones start, older revisions stay in the database for the runs that
 * still go by them. Refuses to start when a shipped document is broken or was edited without a new revision.
 */
@Injectable()
export class PlaybookShelf implements Shelf, OnModuleInit {
  readonly newest = shippedPlaybooks;
  private revisions = new Map<string, PlaybookDocument>();

  constructor(private readonly store: PlaybookStore) {}

  async onModuleInit(): Promise<void> {
    for (const document of this.newest) {
      const fault = faultOfPlaybook(document);
      if (fault) throw new Fatal(`playbook ${document.id}: ${fault.pointer} ${fault.detail}`);
    }
    await this.store.add(this.newest);
    await this.reload();
    for (const document of this.newest) {
      if (isDeepStrictEqual(this.revision(document.id, document.revision), document)) continue;
      throw new Fatal(`playbook ${nameOf(document.id, document.revision)} differs from the one this database knows: give the change a new revision`);
    }
  }

  revision(id: string, revision: number): PlaybookDocument {
    const document = this.revisions.get(nameOf(id, revision));
    if (!document) throw new Fatal(`playbook ${nameOf(id, revision)} is not in this database`);
    return document;
  }

  /** Fetches revisions that a newer replica added since the start, if `runs` go by any. */
  async provideFor(runs: readonly Run[]): Promise<void> {
    if (runs.some(({ playbook }) => !this.revisions.has(nameOf(playbook.id, playbook.revision)))) await this.reload();
  }

  private async reload(): Promise<void> {
    this.revisions = new Map((await this.store.all()).map((document) => [nameOf(document.id, document.revision), document]));
  }
}
