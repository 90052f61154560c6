import { ApiClient, type ApiOptions } from './api-client.js';

interface DeadLetter {
  id: string;
  service: string;
  topic: string;
  partition: number;
  offset: string | number;
  class: string;
  code: string;
  message: string;
  attempt: number;
  firstSeen: string;
  state: string;
}

const page = 100;

/** Every dead letter, or those of one topic. */
export async function listDeadLetters(options: ApiOptions, topic: string | undefined, json: boolean): Promise<void> {
  const letters = await collect(new ApiClient(options), topic);
  if (json) process.stdout.write(`${JSON.stringify(letters)}\n`);
  else if (letters.length === 0) process.stdout.write('no dead letters\n');
  else for (const letter of letters) process.stdout.write(`${letter.id}  ${letter.state.padEnd(10)} ${letter.service}  ${letter.topic}/${letter.partition}@${letter.offset}  ${letter.class} ${letter.code}: ${letter.message}\n`);
}

/** One dead letter as JSON, with key, headers and payload of its record. */
export async function showDeadLetter(options: ApiOptions, id: string): Promise<void> {
  const letter = await new ApiClient(options).get<DeadLetter>(`/api/v1/dead-letters/${encodeURIComponent(id)}`);
  process.stdout.write(`${JSON.stringify(letter, null, 2)}\n`);
}

/** Sends dead letters through their topic again; with `dryRun` only says which. */
export async function replayDeadLetters(options: ApiOptions, ids: readonly string[], topic: string | undefined, dryRun: boolean, json: boolean): Promise<void> {
  const wish = { ...(ids.length > 0 ? { ids } : {}), ...(topic ? { topic } : {}), dryRun };
  const answer = await new ApiClient(options).call<{ ids: string[] }>('POST', '/api/v1/dead-letters/replay', wish);
  if (json) process.stdout.write(`${JSON.stringify({ dryRun, ids: answer.ids })}\n`);
  else process.stdout.write(`${dryRun ? 'would replay' : 'replayed'} ${answer.ids.length}${answer.ids.length > 0 ? `: ${answer.ids.join(' ')}` : ''}\n`);
}

async function collect(client: ApiClient, topic: string | undefined): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (let after = ''; ; after = letters.at(-1)!.id) {
    const query = new URLSearchParams({ limit: String(page), ...(topic ? { topic } : {}), ...(after ? { startingAfter: after } : {}) });
    const { data, hasMore } = await client.get<{ data: DeadLetter[]; hasMore: boolean }>(`/api/v1/dead-letters?${query.toString()}`);
    letters.push(...data);
    if (!hasMore || data.length === 0) return letters;
  }
}
