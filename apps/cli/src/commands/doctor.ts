import { ApiClient, type ApiOptions } from './api-client.js';

interface Pipeline {
  services: { name: string; ready: boolean; missing: string[]; topics: { topic: string; lag: number; oldestSeconds: number; deadLetters: number }[]; outbox: number | null; parked: number | null }[];
}

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Looks at a running system and says what is wrong and what to do. Returns true when nothing is. */
export async function doctor(options: ApiOptions, json: boolean): Promise<boolean> {
  const { services } = await new ApiClient(options).get<Pipeline>('/api/v1/pipeline');
  const findings = services.flatMap(findingsOf);
  const healthy = findings.every((finding) => finding.ok);
  if (json) process.stdout.write(`${JSON.stringify({ healthy, findings })}\n`);
  else for (const { ok, check, detail } of findings) process.stdout.write(`${ok ? 'ok  ' : 'FAIL'}  ${check.padEnd(40)} ${detail}\n`);
  return healthy;
}

function findingsOf(service: Pipeline['services'][number]): Finding[] {
  const lag = service.topics.reduce((sum, topic) => sum + topic.lag, 0);
  const oldest = Math.max(0, ...service.topics.map((topic) => topic.oldestSeconds));
  const letters = service.topics.filter((topic) => topic.deadLetters > 0);
  return [
    { check: `${service.name} ready`, ok: service.ready, detail: service.ready ? '' : `not ready: ${service.missing.join('; ')}` },
    { check: `${service.name} keeps up`, ok: oldest < 60, detail: lag === 0 ? 'no lag' : `${lag} records wait, the oldest for ${Math.round(oldest)} s` },
    { check: `${service.name} publishes`, ok: service.outbox !== null && service.outbox < 10_000, detail: service.outbox === null ? 'nobody could tell what waits in its outbox' : `${service.outbox} events in the outbox` },
    { check: `${service.name} parked events`, ok: !service.parked, detail: service.parked ? `${service.parked} events were refused by the log for good: see the alarm outbox_parked in the service's log` : 'none' },
    {
      check: `${service.name} dead letters`, ok: letters.length === 0,
      detail: letters.length === 0 ? 'none' : `${letters.map((topic) => `${topic.deadLetters} of ${topic.topic}`).join(', ')}: see \`perennial dead-letters list\``,
    },
  ];
}
