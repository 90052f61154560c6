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
    return { id, fault: `failed: ${saidBy(error)}` };
  }
  try {
    const json = JSON.stringify(made) as string | undefined;
    if (json === undefined) return { id };
    return json.length > maxBytes ? { id, fault: `made more than ${maxBytes} bytes` } : { id, json };
  } catch {
    return { id, fault: 'made what is no JSON, such as a function' };
  }
}

/** JSONata throws plain objects. */
function saidBy(error: unknown): string {
  const { message, position } = error as { message?: unknown; position?: unknown };
  return `${String(message).slice(0, 300)}${typeof position === 'number' ? ` (character ${position})` : ''}`;
}

parentPort!.on('message', (task: MappingTask) => void answer(task).then((told) => parentPort!.postMessage(told)));
