import { mergeOpenApi } from './merge-openapi.js';
import { mergePages } from './merge-pages.js';

const head = { openapi: '3.1.0', info: {} };

describe('merging OpenAPI documents', () => {
  it('keeps equal components once and renames different ones with their references', () => {
    const one = { openapi: '3.1.0', info: {}, paths: { '/a': { get: { $ref: '#/components/schemas/T' } } }, components: { schemas: { T: { type: 'string' }, P: {} } } };
    const two = { openapi: '3.1.0', info: {}, paths: { '/b': { get: { $ref: '#/components/schemas/T' } }, '/internal/x': {} }, components: { schemas: { T: { items: { $ref: '#/components/schemas/T' } }, P: {} } } };
    expect(mergeOpenApi(head, [{ service: 'a', document: one }, { service: 'my-b', document: two }])).toMatchObject({
      paths: { '/a': { get: { $ref: '#/components/schemas/T' } }, '/b': { get: { $ref: '#/components/schemas/MyBT' } } },
      components: { schemas: { T: { type: 'string' }, MyBT: { items: { $ref: '#/components/schemas/MyBT' } }, P: {} } },
    });
  });

  it('lets two services share a path by method, but not a method', () => {
    const of = (method: string) => ({ openapi: '3.1.0', info: {}, paths: { '/a': { [method]: {} } } });
    expect(Object.keys((mergeOpenApi(head, [{ service: 'a', document: of('get') }, { service: 'b', document: of('put') }]).paths as Record<string, object>)['/a']!)).toEqual(['get', 'put']);
    expect(() => mergeOpenApi(head, [{ service: 'a', document: of('get') }, { service: 'b', document: of('get') }])).toThrow('GET /a');
  });
});

describe('merging pages', () => {
  const page = (hasMore: boolean, ...rows: [string, string][]) => ({ object: 'list' as const, hasMore, data: rows.map(([firstSeen, id]) => ({ firstSeen, id })) });
  it('orders by first seen and id, newest first, and knows whether there is more', () => {
    const merged = mergePages([page(false, ['3', 'a'], ['1', 'a']), page(false, ['3', 'b'], ['2', 'z'])], 3);
    expect(merged).toMatchObject({ hasMore: true, data: [{ id: 'b' }, { id: 'a' }, { id: 'z' }] });
    expect(mergePages([page(true, ['3', 'a'])], 3).hasMore).toBe(true);
    expect(mergePages([page(false, ['3', 'a'])], 3).hasMore).toBe(false);
  });
});
