import { OperatorError } from '../composition/operator-error.js';
import { ApiClient, type ApiOptions } from './api-client.js';

export interface TailOptions extends ApiOptions {
  readonly topic: string;
  readonly account?: string | undefined;
  readonly from: 'start' | 'now';
  readonly json: boolean;
}

interface TailedEvent {
  partition: number;
  offset: string;
  time: string;
  type: string;
  key: string | null;
  data: unknown;
}

/** Prints the events of a topic as they come, until interrupted. */
export async function tail(options: TailOptions): Promise<void> {
  const client = new ApiClient(options);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const query = new URLSearchParams({ from: options.from, ...(options.account ? { account: options.account } : {}) });
  try {
    const path = `/api/v1/topics/${encodeURIComponent(options.topic)}/events?${query.toString()}`;
    const response = await client.request('GET', path, undefined, stop.signal);
    if (!response.ok || !response.body) await client.call('GET', path);
    for await (const event of eventsOf(response.body!)) process.stdout.write(options.json ? `${JSON.stringify(event)}\n` : pretty(event));
    throw new OperatorError('the system closed the stream: it is stopping or was restarted; call tail again');
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
}

/** The `data:` lines of a server-sent stream. */
async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<TailedEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: ')) yield JSON.parse(line.slice(6)) as TailedEvent;
  }
}

function pretty(event: TailedEvent): string {
  const data = JSON.stringify(event.data);
  return `${event.time}  ${event.type}  ${event.key ?? '-'}  ${event.partition}@${event.offset}\n    ${data.length > 600 ? `${data.slice(0, 600)} ..` : data}\n`;
}
