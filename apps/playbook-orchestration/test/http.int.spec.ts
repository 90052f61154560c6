import type { List } from '@perennial/service-kit/list';
import type { TestResponse } from '@perennial/testing/service';
import type { TaskRow } from '../src/application/work-list.js';
import { Orchestration } from './told.js';

describe('the API of playbooks', () => {
  let on: Orchestration;
  beforeAll(async () => {
    on = await Orchestration.start();
    await on.account('acme');
    await on.risk('acme', 'green', 'red');
  });
  afterAll(() => on.service.stop());
  const open = async () => (await on.tasks('acme', 'risk-response')).filter((task) => task.status === 'open');
  const unknown = '00000000-0000-4000-8000-000000000000';

  it('lists the shipped playbooks', async () => {
    const { data, hasMore } = await on.read<List<{ id: string }>>('/playbooks?limit=2');
    expect([data.map((playbook) => playbook.id), hasMore]).toEqual([['hygiene', 'renewal-countdown'], true]);
    expect((await on.read<List<object>>('/playbooks?startingAfter=renewal-countdown')).data).toMatchObject([{ id: 'risk-response', revision: 1, tracks: [{ id: 'response' }, { id: 'review' }] }]);
  });

  it('answers one run and one task by id, and 404 for unknown ones', async () => {
    const [task] = await open();
    expect(await on.read(`/tasks/${task!.id}`)).toEqual(task);
    expect(await on.read(`/runs/${task!.runId}`)).toMatchObject({ id: task!.runId, accountId: 'acme', endedAt: null });
    for (const path of [`/runs/${unknown}`, `/tasks/${unknown}`, '/tasks/nonsense', '/runs/nonsense']) {
      expect((await on.service.request('GET', `/api/v1${path}`, { scopes: ['playbooks:read'] })).status).toBe(404);
    }
    expect((await on.settleTask(unknown, { status: 'done' })).status).toBe(404);
  });

  it('pages and filters tasks', async () => {
    const first = await on.read<List<TaskRow>>('/tasks?accountId=acme&limit=1');
    expect(first).toMatchObject({ object: 'list', hasMore: true });
    const second = await on.read<List<TaskRow>>(`/tasks?accountId=acme&limit=1&startingAfter=${first.data[0]!.id}`);
    expect([second.data.length, second.hasMore]).toEqual([1, false]);
    expect(second.data[0]!.id).not.toBe(first.data[0]!.id);
    expect((await on.read<List<object>>('/tasks?ownerId=nobody')).data).toEqual([]);
    expect((await on.read<List<object>>('/tasks?ownerId=olga&status=open')).data).toHaveLength(2);
    expect((await on.read<List<object>>('/runs?accountId=nobody')).data).toEqual([]);
  });

  it.each([
    ['?status=late', '?status'],
    ['?startingAfter=x', '?startingAfter'],
    ['?limit=0', '?limit'],
    ['?limit=101', '?limit'],
    ['?colour=red', '?colour'],
    ['?ownerId=%00', '?ownerId'],
    ['?accountId=', '?accountId'],
  ])('refuses %s with a pointer', async (query, pointer) => {
    expect(await on.service.request('GET', `/api/v1/tasks${query}`, { scopes: ['playbooks:read'] })).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });

  it.each([
    ['a skip without a reason', { status: 'skipped' }, '/reason'],
    ['a blank reason', { status: 'cancelled', reason: '  ' }, '/reason'],
    ['an unknown status', { status: 'open' }, '/status'],
    ['nothing to do', {}, '/status'],
    ['an unknown field', { status: 'done', title: 'x' }, '/title'],
    ['an empty owner', { ownerId: '' }, '/ownerId'],
  ])('refuses %s', async (_, body, pointer) => {
    const [task] = await open();
    expect(await on.settleTask(task!.id, body)).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });

  it('is described by its OpenAPI document', async () => {
    const { body } = await on.service.request('GET', '/internal/openapi.json');
    expect(Object.entries(body.paths as Record<string, object>).filter(([path]) => path.startsWith('/api/')).map(([path, methods]) => `${path} ${Object.keys(methods).join()}`).sort()).toEqual([
      '/api/v1/playbooks get', '/api/v1/runs get', '/api/v1/runs/{id} get', '/api/v1/tasks get', '/api/v1/tasks/{id} get,post',
    ]);
    expect(body.components.schemas.PlaybookTask.properties).toMatchObject({ ownerId: expect.anything(), dueOn: { format: 'date' }, status: { enum: ['open', 'done', 'skipped', 'cancelled'] } });
    expect(body.paths['/api/v1/tasks'].get.parameters).toEqual(expect.arrayContaining(['accountId', 'limit', 'ownerId', 'startingAfter', 'status'].map((name): unknown => expect.objectContaining({ name, in: 'query', required: false }))));
  });

  it('lets nobody in without the scope', async () => {
    const [task] = await open();
    const statuses = async (...calls: Promise<TestResponse>[]) => (await Promise.all(calls)).map((answer) => answer.status);
    expect(await statuses(
      on.service.request('GET', '/api/v1/tasks'),
      on.service.request('GET', '/api/v1/tasks', { scopes: ['playbooks:write'] }),
      on.service.request('GET', '/api/v1/runs', { scopes: ['health:read'] }),
      on.service.request('POST', `/api/v1/tasks/${task!.id}`, { scopes: ['playbooks:read'], body: { status: 'done' } }),
    )).toEqual([401, 403, 403, 403]);
  });

  it('hands a task over, but not to somebody who left', async () => {
    const [task] = await open();
    expect(await on.settleTask(task!.id, { ownerId: 'omar' })).toMatchObject({ status: 200, body: { ownerId: 'omar', status: 'open' } });
    await on.user('gone', false);
    expect(await on.settleTask(task!.id, { ownerId: 'gone' })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/ownerId' }] } });
    expect(await on.settleTask(task!.id, { ownerId: null })).toMatchObject({ status: 200, body: { ownerId: null } });
  });

  it('closes a task once; again in the same way changes nothing, in another way is refused', async () => {
    const [task] = await open();
    const headers = { 'idempotency-key': 'k1' };
    expect(await on.settleTask(task!.id, { status: 'skipped', reason: 'not needed' }, headers)).toMatchObject({ status: 200, body: { status: 'skipped', reason: 'not needed' } });
    expect((await on.settleTask(task!.id, { status: 'skipped', reason: 'not needed' }, headers)).status).toBe(200);
    expect((await on.settleTask(task!.id, { status: 'skipped', reason: 'not needed' })).status).toBe(200);
    expect(await on.settleTask(task!.id, { status: 'done' })).toMatchObject({ status: 409, body: { code: 'task_closed' } });
    expect((await on.settleTask(task!.id, { status: 'done' }, headers)).status).toBe(422);
  });
});
