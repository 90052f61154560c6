import { jest } from '@jest/globals';
import { peopleTopic, sourcesTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import { startTestService, type TestResponse, type TestService } from '@perennial/testing/service';
import { healthScoring } from '../src/service.js';
import { Desk, type SignalEvent } from './desk.js';

jest.setTimeout(120_000);

interface Question {
  importId: string;
  text: string;
  waitingAccounts: number;
  answered: { answer: string; reason: string; by: string } | null;
}

describe('an import that changed many contacts at once', () => {
  let service: TestService;
  let desk: Desk;
  beforeAll(async () => {
    service = await startTestService(healthScoring);
    desk = new Desk(service);
  });
  afterAll(() => service.stop());

  const many = { known: 1_050, changed: 63 };
  const ask = (path = ''): Promise<TestResponse<{ data: Question[] }>> => service.request('GET', `/api/v1/judgements/imports${path}`, { scopes: ['health:read'] });
  const answer = (importId: string, said: object, scope: 'health:read' | 'health:write' = 'health:write') => service.request<Question>('POST', `/api/v1/judgements/imports/${importId}`, { scopes: [scope], body: { reason: 'asked the customer', ...said }, sub: 'olga' });
  const asked = async (importId: string) => (await ask()).body.data.find((question) => question.importId === importId);
  const told = async () => (await service.published(sourcesTopic)).flatMap(({ type, key }) => (type === 'perennial.import.questioned.v1' ? [key] : []));
  const prepare = async (...ids: string[]): Promise<void> => {
    await desk.tellAccounts(...ids.map((id) => desk.account(id)));
    await desk.tell(...ids.flatMap((id) => desk.well(id)));
  };
  const left = (id: string, importId: string): SignalEvent[] => [
    desk.signal(id, 'person', { change: 'deactivated' }, { personId: 'sam', importId }), desk.signal(id, 'person', { change: 'departed' }, { personId: 'cleo', importId }),
  ];
  const importOf = (id: string, importId: string, contacts: { known: number; changed: number }): SignalEvent[] => [desk.imported(id, importId, 'importing'), ...left(id, importId), desk.imported(id, importId, 'imported', contacts)];
  const people = async (id: string): Promise<string[]> => (await desk.kinds(id)).filter((kind) => kind === 'sponsor_change' || kind === 'champion_left');
  const both = ['champion_left', 'sponsor_change'];

  it('is one question, told once, and raises nothing; `real` raises it wherever it was held back', async () => {
    await prepare('r-1', 'r-2', 'r-3');
    await desk.tell(...importOf('r-1', 'crm-1', many), ...importOf('r-2', 'crm-1', many));
    for (const id of ['r-1', 'r-2']) expect([id, await people(id)]).toEqual([id, []]);
    expect(await asked('crm-1')).toMatchObject({ text: 'Import crm-1 changed 63 of 1050 contacts: did they really change?', waitingAccounts: 2, answered: null });
    // Time, and the same word from another import, change nothing; what somebody else says counts.
    await service.advance(desk.days(2));
    await desk.tell(...importOf('r-1', 'night', { known: 1_050, changed: 0 }), desk.signal('r-2', 'person', { change: 'bounced' }, { personId: 'sam' }));
    expect(await people('r-1')).toEqual([]);
    expect(await people('r-2')).toEqual(['sponsor_change']);
    expect((await told()).filter((id) => id === 'crm-1')).toHaveLength(1);

    expect((await answer('crm-1', { answer: 'real' }, 'health:read')).status).toBe(403);
    expect((await answer('crm-1', { answer: 'perhaps' })).status).toBe(400);
    expect((await answer('nothing', { answer: 'real' })).status).toBe(404);
    expect((await answer('crm-1', { answer: 'real' })).body.answered).toMatchObject({ answer: 'real', reason: 'asked the customer', by: 'olga' });
    await service.settle();
    for (const id of ['r-1', 'r-2']) expect([id, await people(id)]).toEqual([id, both]);
    expect((await answer('crm-1', { answer: 'real', reason: 'again' })).body.answered).toMatchObject({ reason: 'asked the customer' });
    expect((await answer('crm-1', { answer: 'clean_up' })).status).toBe(409);
    expect((await ask('?state=open')).body.data).toEqual([]);
    expect(await asked('crm-1')).toMatchObject({ waitingAccounts: 0 });
    // What comes of it after the answer counts at once.
    await desk.tell(...left('r-3', 'crm-1'));
    expect(await people('r-3')).toEqual(both);
  });

  it('that was a clean-up never raises anything: not by what comes late, nor told again, nor by a restatement', async () => {
    await prepare('c-1', 'c-2');
    const events = importOf('c-1', 'crm-2', many);
    await desk.tell(...events);
    expect((await answer('crm-2', { answer: 'clean_up' })).status).toBe(200);
    await desk.tell(...left('c-2', 'crm-2'), ...importOf('c-1', 'night-2', { known: 1_050, changed: 0 }));
    await desk.tell(desk.mark('c-1', 'reset'), ...desk.again([...desk.well('c-1'), ...left('c-1', 'crm-2')]), desk.mark('c-1', 'restated'));
    await service.advance(desk.days(1));
    for (const id of ['c-1', 'c-2']) expect([id, await people(id)]).toEqual([id, []]);
    await desk.tell(desk.signal('c-1', 'person', { change: 'departed' }, { personId: 'cleo' }));
    expect(await people('c-1')).toEqual(['champion_left']);
  });

  it('is not asked about below the share, nor in a small book: it counts at once', async () => {
    await prepare('s-1', 's-2');
    await desk.tell(...importOf('s-1', 'few', { known: 1_000, changed: 50 }), ...importOf('s-2', 'small', { known: 9, changed: 9 }));
    for (const id of ['s-1', 's-2']) expect([id, await people(id)]).toEqual([id, both]);
    expect([await asked('few'), await asked('small')]).toEqual([undefined, undefined]);
  });

  it('is answered for all accounts but one that cannot be judged', async () => {
    await prepare('b-1', 'b-2', 'b-3');
    await desk.tell(...['b-1', 'b-2', 'b-3'].flatMap((id) => importOf(id, 'crm-4', many)));
    await service.running.get(Database).query(`UPDATE account_health SET state = '\\x00' WHERE account_id = 'b-2'`);
    expect((await answer('crm-4', { answer: 'real' })).status).toBe(200);
    for (let waiting = 3; waiting > 0; ) waiting = ((await asked('crm-4')) as unknown as { waitingAccounts: number }).waitingAccounts;
    for (const id of ['b-1', 'b-3']) expect([id, await people(id)]).toEqual([id, both]);
    await service.running.get(Database).query(`DELETE FROM account_health WHERE account_id = 'b-2'`);
  });

  it('says only what the words of a person are who was not erased', async () => {
    await prepare('e-1');
    await desk.tell(...importOf('e-1', 'crm-3', many));
    await answer('crm-3', { answer: 'clean_up', reason: 'Sam Erased told us so' });
    await service.publish(peopleTopic, [{ type: 'perennial.person.erased.v1', key: 'e-1', data: { accountId: 'e-1', ids: ['sam'], names: ['Sam Erased'], emails: [] } }]);
    await service.settle();
    expect((await asked('crm-3'))!.answered!.reason).not.toContain('Sam Erased');
  });
});
