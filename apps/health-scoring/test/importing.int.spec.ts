import { jest } from '@jest/globals';
import { accountsTopic, signalsTopic } from '@perennial/contracts/topics';
import { startTestService, type TestService } from '@perennial/testing/service';
import { setTimeout as sleep } from 'node:timers/promises';
import { healthScoring } from '../src/service.js';
import { Desk } from './desk.js';

jest.setTimeout(60_000);

describe('an account that an import touches', () => {
  let service: TestService;
  let desk: Desk;
  beforeAll(async () => {
    service = await startTestService(healthScoring);
    desk = new Desk(service);
  });
  afterAll(() => service.stop());

  const intent = (id: string, score: number, more: object = {}) => desk.signal(id, 'survey', { type: 'renewal_intent', score }, { personId: 'sam', ...more });

  it('gets one verdict at the end, with its cause, whatever comes meanwhile; what is late without one counts at once', async () => {
    const [loaded, late] = ['loaded', 'late'];
    for (const id of [loaded, late]) {
      await desk.tellAccounts(desk.account(id));
      await desk.tell(...desk.well(id));
    }
    const before = await desk.health(loaded);
    const [verdicts, risks] = [(await desk.published(loaded)).length, (await desk.risks(loaded)).length];
    await desk.tell(desk.imported(loaded, 'one', 'importing'));
    // Longer than history without marks waits: the end alone counts, and what others and time say waits too.
    await desk.tell(intent(loaded, 1, { at: desk.days(-20) }));
    await sleep(1_500);
    await desk.tell(intent(loaded, 2), desk.imported(loaded, 'two', 'importing'), intent(late, 1, { at: desk.days(-3), personId: 'cleo' }));
    await desk.tellAccounts(desk.account(loaded, { importing: ['one'], tier: 'high' }));
    await service.advance(desk.days(2));
    expect(await desk.health(loaded)).toEqual(before);
    expect((await desk.risks(late)).at(-1)).toMatchObject({ to: 'red', cause: 'signal' });

    await desk.tell(desk.imported(loaded, 'one', 'imported'));
    await desk.tellAccounts(desk.account(loaded, { tier: 'high' }));
    expect(await desk.health(loaded)).toEqual(before);
    await desk.tell(intent(loaded, 3), desk.imported(loaded, 'two', 'imported'));
    expect((await desk.published(loaded)).slice(verdicts)).toEqual([await desk.health(loaded)]);
    expect((await desk.risks(loaded)).slice(risks)).toMatchObject([{ from: 'green', to: 'red', cause: 'import' }]);
  });

  it('waits for its own record too, in whichever order the two topics are read', async () => {
    const id = 'records';
    await desk.tellAccounts(desk.account(id));
    await desk.tell(...desk.well(id));
    const count = (await desk.published(id)).length;
    await service.publish(accountsTopic, [desk.account(id, { importing: ['one'] })]);
    await service.settle();
    await service.publish(signalsTopic, [desk.imported(id, 'one', 'importing'), intent(id, 1), desk.imported(id, 'one', 'imported')]);
    await service.settle();
    expect(await desk.published(id)).toHaveLength(count);
    await desk.tellAccounts(desk.account(id));
    expect((await desk.risks(id)).at(-1)).toMatchObject({ to: 'red', cause: 'import' });
    expect(await desk.published(id)).toHaveLength(count + 1);
  });

  it('says that its record was imported, although the import was over before anybody read of it', async () => {
    const id = 'brief';
    await desk.tellAccounts(desk.account(id));
    await desk.tell(...desk.well(id));
    await desk.tell(desk.signal(id, 'survey', { type: 'renewal_intent', score: 1 }, { personId: 'ann' }));
    const risks = (await desk.risks(id)).length;
    const stakeholders = [{ personId: 'ann', name: 'Ann', title: null, roles: ['budget_holder' as const] }];
    await desk.tellAccounts(desk.account(id, { importing: ['one'], stakeholders }), desk.account(id, { stakeholders }));
    expect((await desk.risks(id)).slice(risks)).toMatchObject([{ to: 'red', cause: 'import' }]);
  });

  it('tells nothing of one that nobody knew before', async () => {
    await desk.tell(desk.imported('new', 'one', 'importing'), ...desk.well('new'), intent('new', 1));
    expect(await desk.published('new')).toEqual([]);
    await desk.tell(desk.imported('new', 'one', 'imported'));
    expect(await desk.health('new')).toMatchObject({ riskLevel: 'red' });
    expect(await desk.risks('new')).toEqual([]);
  });
});
