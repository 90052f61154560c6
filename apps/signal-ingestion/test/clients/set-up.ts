/**
 * One way to send with a client that a company may already have. Its parts make the code that docs/sources.md shows
 * and, run as it stands with many events, the program that proves it. HOST and WRITE_KEY stand for the real ones.
 */
export interface SetUp {
  readonly id: string;
  readonly vendor: string;
  /** As people call it. */
  readonly name: string;
  /** npm package whose version is shown; null: plain HTTP. */
  readonly client: string | null;
  readonly runsIn: 'node' | 'browser' | 'shell';
  /** Imports and what makes the client. */
  readonly init: string;
  /** Says that anna belongs to acme; empty where each event says it. */
  readonly group: string;
  /** Sends one event; `event` is a JavaScript expression, or a text for the shell; `id` the event's own, where the caller makes it. */
  readonly track: (event: string, id: string) => string;
  /** Sends what waits. */
  readonly flush: string;
  /** Before the program ends. */
  readonly end: string;
  /** How long the app lives on for its tries after its last event, ms, where the client has no call that waits for them. Not shown. */
  readonly livesOnMs?: number;
  /** What goes wrong with its first requests, in order (`faulty-proxy.ts`). */
  readonly faults: readonly Fault[];
  /** Variables of the process. */
  readonly env?: Readonly<Record<string, string>>;
  /** What to know, for the docs. */
  readonly notes: string;
}

/**
 * `lose`: taken, and the reply is lost. `cut`: the connection ends before the request is handed on. A number: answered
 * with it. `pass`: nothing, between faults that would be too many for one request's tries.
 */
export type Fault = 'lose' | 'cut' | 429 | 503 | 'pass';

/** The code that the docs show. */
export function shownCode({ init, group, track, end, runsIn }: SetUp): string {
  return [init, group, track(runsIn === 'shell' ? 'Report Opened' : "'Report Opened'", 'event-4711'), end].filter((part) => part !== '').join('\n');
}

/** A program of the same parts that sends `events` events, named `Step 1` and so on, in two portions. */
export function program(setUp: SetUp, host: string, writeKey: string, events: number, withFaults: boolean): string {
  const { init, group, track, flush, end, runsIn } = setUp;
  const livesOnMs = withFaults ? (setUp.livesOnMs ?? 0) : 0;
  if (runsIn === 'shell') return filled(`set -e\n${group}\nfor step in $(seq 1 ${events}); do\n${track("Step '$step'", "step-'$step'")}\ndone`, host, writeKey);
  const loop = `for (let step = 1; step <= ${events}; step++) {\n${track('`Step ${step}`', '`step-${step}`')}\nif (step === ${Math.ceil(events / 2)}) {\n${flush}\n}\n}`;
  // An app lives on while a client waits for its next try.
  const [begin, stop] = runsIn === 'node' ? ['const alive = setInterval(() => {}, 1000);', 'clearInterval(alive);'] : ['', ''];
  return filled([init, begin, group === '' ? '' : `${group}\n${flush}`, loop, `await new Promise((resolve) => setTimeout(resolve, ${livesOnMs}));`, end, stop].join('\n'), host, writeKey);
}

/** Code with the address and the key in the place of their names. */
export function filled(code: string, host: string, writeKey: string): string {
  return code.replaceAll('HOST', host).replaceAll('WRITE_KEY', writeKey);
}
