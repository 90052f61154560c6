import { jest } from '@jest/globals';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ResponseReader } from './response-reader.js';

describe('a reader at the end of a response', () => {
  let server: Server;
  let reader: ResponseReader;
  let response: ServerResponse;
  let incoming: IncomingMessage;

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask', 'performance', 'Date'] });
    server = createServer((_request, outgoing) => {
      response = outgoing;
      reader = new ResponseReader(outgoing);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    incoming = await new Promise((resolve) => get({ port: (server.address() as AddressInfo).port }, resolve));
  });
  afterEach(async () => {
    jest.useRealTimers();
    incoming.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const read = async (until: string): Promise<string> => {
    let text = '';
    incoming.setEncoding('utf8').on('data', (part: string) => (text += part));
    for (let i = 0; i < 100_000 && !text.includes(until); i++) await new Promise((resolve) => setImmediate(resolve));
    return text;
  };

  it('gets a comment every 20 s, and events in the form of the standard', async () => {
    expect(incoming.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    jest.advanceTimersByTime(39_999);
    reader.gap(7n);
    reader.write({ id: 7n, type: 'risk.changed', data: '{"a":1}' });
    expect(await read('{"a":1}\n\n')).toBe(': connected\n\n: heartbeat\n\nevent: gap\ndata: {"oldestId":"7"}\n\nid: 7\nevent: risk.changed\ndata: {"a":1}\n\n');
  });

  it('one that takes nothing gets no heartbeats heaped up, and does not keep its writer waiting when the end has come', async () => {
    const big = { id: 1n, type: 'risk.changed', data: 'x'.repeat(1024 * 1024) };
    while (reader.write(big));
    const waiting = response.writableLength;
    jest.advanceTimersByTime(60_000);
    expect(response.writableLength).toBeLessThanOrEqual(waiting);
    const end = new AbortController();
    const drained = reader.drained(end.signal);
    end.abort();
    await drained;
    expect(response.writableNeedDrain).toBe(true);
  });

  it('knows when the other side has gone', async () => {
    const gone = new Promise<void>((resolve) => reader.gone.addEventListener('abort', () => resolve()));
    incoming.destroy();
    await gone;
    expect(reader.gone.aborted).toBe(true);
  });
});
