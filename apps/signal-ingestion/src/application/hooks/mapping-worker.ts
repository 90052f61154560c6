import { parentPort, workerData } from 'node:worker_threads';
import jsonata from 'jsonata';

/** What the worker is asked, and what it answers. `json` holds what the mapping made; absent: nothing. */
export interface MappingTask {
  readonly id: number;
  readonly expression: string;
  readonly payload: string;
}
export type MappingAnswer = { readonly id: number; readonly json?: string } | { readonly id: number; readonly fault: string };

const { timeoutMs, maxBytes } = workerData as { timeoutMs: number; maxBytes: number };
const compiled = new Map<string, jsonata.Expression>();
const mostCompiled = 500;

function compile(expression: string): jsonata.Expression {
  const known = compiled.get(expression);
  if (known) return known;
  if (compiled.size >= mostCompiled) compiled.clear();
  const fresh = jsonata(expression, { timeout: timeoutMs, stack: 200, sequence: 100_000 });
  compiled.set(expression, fresh);
  return fresh;
}

async function answer({ id, expression, payload }: MappingTask): Promise<MappingAnswer> {
  let mapping: jsonata.Expression;
  try {
    mapping = compile(expression);
  } catch (error) {
    return { id, fault: `is no JSONata: ${saidBy(error)}` };
  }
  let made: unknown;
  try {
    made = await mapping.evaluate(JSON.parse(payload));
  } catch (error) {
    return { id, fault: `failed: ${failureSaidBy(error)}` };
  }
  try {
    const json = JSON.stringify(made) as string | undefined;
    if (json === undefined) return { id };
    return json.length > maxBytes ? { id, fault: `made more than ${maxBytes} bytes` } : { id, json };
  } catch {
    return { id, fault: 'made what is no JSON, such as a function' };
  }
}

/** Raised by `$error` and `$assert`: their words are the mapping's, and may be made of the payload. */
const ownErrors: readonly unknown[] = ['D3137', 'D3141'];

/** JSONata throws plain objects. */
interface Thrown {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly position?: unknown;
  readonly value?: unknown;
  readonly value2?: unknown;
}

/** Without what it quotes of the payload, which may be about people. */
function failureSaidBy(error: unknown): string {
  const thrown = error as Thrown;
  if (ownErrors.includes(thrown.code)) return saidBy({ ...thrown, message: 'its own $error or $assert' });
  const quoted = [thrown.value, thrown.value2].flatMap((one) => (one === undefined ? [] : (JSON.stringify(one) ?? [])));
  return saidBy({ ...thrown, message: quoted.reduce((text, quote) => text.replaceAll(quote, '...'), String(thrown.message)) });
}

function saidBy(error: unknown): string {
  const { message, position } = error as Thrown;
  return `${String(message).slice(0, 300).toWellFormed().replaceAll(/\p{Cc}/gu, '\uFFFD')}${typeof position === 'number' ? ` (character ${position})` : ''}`;
}

parentPort!.on('message', (task: MappingTask) => void answer(task).then((told) => parentPort!.postMessage(told)));
