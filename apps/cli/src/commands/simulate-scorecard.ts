import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from '../composition/operator-error.js';
import { progressLine } from '../import/progress-line.js';
import { simulationLines, type SimulatedAccount, type Simulation } from '../scorecard/tell-simulation.js';
import { ApiClient, type ApiOptions } from './api-client.js';
import { goodDocument } from './scorecard.js';

/** How often a simulation's progress is asked for. */
const askEveryMs = 300;
/** Accounts that are named at most, and looked through for them. */
const mostNamed = 20;
const mostPages = 20;

/** Simulates a file on the whole book, shows how far it has come, and prints what it would have done. An interrupt cancels it. */
export async function simulateScorecard(options: ApiOptions, file: string, days: number, json: boolean): Promise<void> {
  const document = await goodDocument(file);
  const client = new ApiClient(options);
  const simulations = `/api/v1/scorecards/${encodeURIComponent(document.id)}/simulations`;
  const { id } = await client.call<Simulation>('POST', simulations, { document, days });
  const path = `${simulations}/${id}`;
  const stop = (): void => {
    process.off('SIGINT', stop);
    client.call('POST', `${path}/cancel`).catch(() => undefined);
  };
  process.on('SIGINT', stop);
  const progress = progressLine();
  let simulation: Simulation;
  for (;;) {
    simulation = await client.get<Simulation>(path);
    const { state, progress: { done, of } } = simulation;
    if (state !== 'queued' && state !== 'running') break;
    progress.show(state === 'queued' ? 'waits for its turn' : `${done.toLocaleString('en-US')} of ${of.toLocaleString('en-US')} accounts`);
    await sleep(askEveryMs);
  }
  progress.end();
  process.off('SIGINT', stop);
  if (simulation.state !== 'completed') throw new OperatorError(simulation.state === 'cancelled' ? 'the simulation was cancelled' : `the simulation failed: ${simulation.error}`);
  if (json) process.stdout.write(`${JSON.stringify(simulation)}\n`);
  else process.stdout.write(`${[...simulationLines(simulation, await newlyUnknown(client, path, simulation)), '', `every account that differs: GET ${path}/accounts`].join('\n')}\n`);
}

async function newlyUnknown(client: ApiClient, path: string, { result }: Simulation): Promise<SimulatedAccount[]> {
  const named: SimulatedAccount[] = [];
  let after = '';
  for (let page = 0; page < mostPages && named.length < Math.min(mostNamed, result?.newlyUnknown ?? 0); page += 1) {
    const { data, hasMore } = await client.get<{ data: SimulatedAccount[]; hasMore: boolean }>(`${path}/accounts?limit=100${after}`);
    named.push(...data.filter(({ inForce, draft }) => inForce.band !== 'unknown' && draft.band === 'unknown'));
    if (!hasMore) break;
    after = `&startingAfter=${encodeURIComponent(data.at(-1)!.id)}`;
  }
  return named.slice(0, mostNamed);
}
