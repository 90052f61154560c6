import { jest } from '@jest/globals';
import { peopleTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import { healthScoring } from '../src/service.js';
import { Desk } from './desk.js';

jest.setTimeout(60_000);

interface Note {
  readonly id: string;
  readonly personId: string | null;
  readonly sentiment: string;
  readonly reading: { readonly sentiment: string; readonly words: { readonly word: string; readonly weight: number }[]; readonly because: string | null };
  readonly correction: { readonly sentiment: string; readonly reason: string; readonly by: string } | null;
}
interface Rows<T> {
  readonly data: T[];
  readonly hasMore: boolean;
}

describe('notes', () => {
  let service: TestService;
  let desk: Desk;
  beforeAll(async () => {
    service = await startTestService(healthScoring);
    desk = new Desk(service);
  });
  afterAll(() => service.stop());

  const note = (accountId: string, text: string, personId?: string, at = desk.days(-1)) => desk.signal(accountId, 'note', { text, author: 'olga' }, { at, ...(personId === undefined ? {} : { personId }) });
  const notes = async (accountId: string, query = '') => (await desk.get<Rows<Note>>(`/${accountId}/sentiment/notes${query}`)).body;
  const people = async (accountId: string) => (await desk.get<Rows<{ personId: string | null; name: string; roles: string[]; sentiment: string; notes: object; answers: object }>>(`/${accountId}/sentiment`)).body.data;
  const put = (path: string, body: unknown, scopes: ('health:read' | 'health:write')[] = ['health:write']) => service.request<Note & { errors?: { pointer: string }[] }>('PUT', `/api/v1/accounts${path}`, { scopes, body, sub: 'olga' });
  const kept = (text: string) => service.running.get(Database).query<Record<string, unknown>>(text);

  it('are read with the words they rest on, by stakeholder, and move no score', async () => {
    await desk.tell(...desk.well('read'), note('read', 'An old story, awful', 'sam', desk.days(-200)));
    const before = await desk.health('read');
    await desk.tell(note('read', 'The export is a killer feature', 'sam', desk.days(-3)), note('read', 'Not happy: it crashes', 'cleo', desk.days(-2)), note('read', 'Sent the agenda', 'cleo'), note('read', 'Everything is fantastic', undefined, desk.days(-1.5)));
    const { data } = await notes('read');
    expect(data.map(({ personId, sentiment, reading }) => [personId, sentiment, reading.words.map(({ word, weight }) => `${word} ${weight}`), reading.because])).toEqual([
      ['cleo', 'unclear', [], 'no_words'], [null, 'positive', ['fantastic 4'], null], ['cleo', 'negative', ['happy -2.25', 'crashes -2'], null], ['sam', 'positive', ['killer feature 3'], null], ['sam', 'negative', ['awful -3'], null],
    ]);
    expect(await people('read')).toMatchObject([
      { personId: 'cleo', name: 'Cleo', roles: ['champion'], sentiment: 'negative', notes: { positive: 0, negative: 1, unclear: 1 } },
      { personId: 'pat', name: 'Pat', roles: ['power_user'], sentiment: 'unclear', notes: { positive: 0, lastAt: null } },
      { personId: 'sam', name: 'Sam', roles: ['executive_sponsor'], sentiment: 'positive', notes: { positive: 1, negative: 0, unclear: 0 }, answers: { nps: { score: 9 }, csat: null } },
      { personId: null, name: null, roles: [], sentiment: 'positive' },
    ]);
    expect({ ...(await desk.health('read')), asOf: before.asOf }).toEqual(before);
    const pages = [await notes('read', '?limit=3'), await notes('read', `?limit=3&startingAfter=${data[2]!.id}`), await notes('read', '?personId=sam')];
    expect(pages.map(({ data: rows, hasMore }) => [rows.length, hasMore])).toEqual([[3, true], [2, false], [2, false]]);
    expect(await kept(`SELECT 1 FROM note_sentiment n WHERE n::text ~ 'export|agenda|story'`)).toEqual([]);
  });

  it('are corrected by people, whose word counts and stays when the note comes again', async () => {
    const events = [...desk.well('fix'), note('fix', 'Yeah, brilliant, so happy', 'sam')];
    await desk.tell(...events);
    const id = (await notes('fix')).data[0]!.id;
    const good = { sentiment: 'negative', reason: 'He was joking, said Sam Smith' };
    const refused: [string, object, ('health:read' | 'health:write')[] | undefined, number, string | undefined][] = [
      [id, { ...good, reason: ' ' }, undefined, 400, '/reason'], [id, { ...good, sentiment: 'mixed' }, undefined, 400, '/sentiment'], [id, { sentiment: 'negative' }, undefined, 400, '/reason'],
      ['another', good, undefined, 404, undefined], [id, good, ['health:read'], 403, undefined],
    ];
    for (const [noteId, body, scopes, status, pointer] of refused) {
      const answer = await put(`/fix/sentiment/notes/${noteId}`, body, scopes);
      expect([body, answer.status, answer.body.errors?.[0]?.pointer]).toEqual([body, status, pointer]);
    }
    for (let i = 0; i < 2; i += 1) expect((await put(`/fix/sentiment/notes/${id}`, good)).body).toMatchObject({ sentiment: 'negative', reading: { sentiment: 'positive' }, correction: { ...good, by: 'olga' } });
    expect(await kept('SELECT 1 FROM note_correction')).toHaveLength(1);
    const counts = { data: [{ id, sentiment: 'negative', correction: { reason: good.reason } }] };
    const negative = [expect.objectContaining({ personId: 'cleo' }), expect.objectContaining({ personId: 'pat' }), expect.objectContaining({ personId: 'sam', sentiment: 'negative' })];
    expect([await notes('fix'), await people('fix')]).toMatchObject([counts, negative]);

    await desk.tell(desk.mark('fix', 'reset'));
    expect((await notes('fix')).data).toEqual([]);
    await desk.tell(...desk.again(events), desk.mark('fix', 'restated'));
    expect([await notes('fix'), await people('fix')]).toMatchObject([counts, negative]);
    expect((await service.request('POST', '/internal/rebuild', { scopes: ['operate'] })).status).toBe(202);
    for (let running = true; running; ) running = (await service.request<{ running: boolean }>('GET', '/internal/rebuild', { scopes: ['operate'] })).body.running;
    await service.settle();
    expect(await notes('fix')).toMatchObject(counts);

    const withdraw = () => service.request('DELETE', `/api/v1/accounts/fix/sentiment/notes/${id}`, { scopes: ['health:write'], sub: 'olga' });
    expect([(await withdraw()).status, (await withdraw()).status]).toEqual([204, 404]);
    expect((await notes('fix')).data).toMatchObject([{ sentiment: 'positive', correction: null }]);
    expect(await kept('SELECT sentiment, by FROM note_correction ORDER BY n')).toEqual([{ sentiment: 'negative', by: 'olga' }, { sentiment: null, by: 'olga' }]);
  });

  it('are gone with the person they are about, corrections too', async () => {
    await desk.tell(...desk.well('gone'), note('gone', 'Frau Smith is unhappy', 'sam'), note('gone', 'Cleo is happy, says Sam Smith', 'cleo'));
    for (const { id, personId } of (await notes('gone')).data) expect((await put(`/gone/sentiment/notes/${id}`, { sentiment: 'unclear', reason: `Sam Smith about ${personId}` })).status).toBe(200);
    for (let i = 0; i < 2; i += 1) await service.publish(peopleTopic, [{ type: 'perennial.person.erased.v1', key: 'gone', data: { accountId: 'gone', ids: ['sam'], names: ['Sam Smith'], emails: [] } }]);
    await service.settle();
    expect((await notes('gone')).data).toMatchObject([{ personId: 'cleo', correction: { reason: '(erased) about cleo' } }]);
    expect(await kept(`SELECT person_id FROM note_correction WHERE account_id = 'gone'`)).toEqual([{ person_id: 'cleo' }]);
    expect((await desk.get('/nobody/sentiment')).status).toBe(404);
  });
});
