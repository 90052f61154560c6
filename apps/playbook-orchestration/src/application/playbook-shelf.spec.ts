import type { PlaybookDocument } from '../domain/playbook-document.js';
import { shippedPlaybooks } from '../playbooks/shipped-playbooks.js';
import { PlaybookStore } from './orchestration-store.js';
import { PlaybookShelf } from './playbook-shelf.js';

class StoreInMemory extends PlaybookStore {
  constructor(readonly documents: PlaybookDocument[] = []) {
    super();
  }

  async add(documents: readonly PlaybookDocument[]): Promise<void> {
    const isNew = (document: PlaybookDocument) => !this.documents.some((known) => known.id === document.id && known.revision === document.revision);
    this.documents.push(...documents.filter(isNew));
  }

  async all(): Promise<PlaybookDocument[]> {
    return JSON.parse(JSON.stringify(this.documents)) as PlaybookDocument[];
  }
}

describe('the shelf of playbooks', () => {
  it('keeps every revision that was ever shipped', async () => {
    const old = { ...shippedPlaybooks[0]!, revision: 99, title: 'As it was' };
    const shelf = new PlaybookShelf(new StoreInMemory([old]));
    await shelf.onModuleInit();
    expect(shelf.revision(old.id, 99).title).toBe('As it was');
    expect(shelf.newest.map((playbook) => shelf.revision(playbook.id, playbook.revision))).toEqual(shippedPlaybooks);
    expect(() => shelf.revision('unheard-of', 1)).toThrow('is not in this database');
  });

  it('refuses to start when a document changed without a new revision', async () => {
    const shelf = new PlaybookShelf(new StoreInMemory([{ ...shippedPlaybooks[0]!, title: 'Edited' }]));
    await expect(shelf.onModuleInit()).rejects.toThrow('give the change a new revision');
  });

  it('fetches a revision that a newer replica brought', async () => {
    const store = new StoreInMemory();
    const shelf = new PlaybookShelf(store);
    await shelf.onModuleInit();
    const next = { ...shippedPlaybooks[0]!, revision: 2 };
    await store.add([next]);
    const run = { id: 'r', accountId: 'a', playbook: { id: next.id, revision: 2 }, trigger: '', state: 'running' as const, outcome: null, startedAt: '', updatedAt: '', endedAt: null, threads: [] };
    await shelf.provideFor([run]);
    expect(shelf.revision(next.id, 2)).toEqual(next);
  });
});
