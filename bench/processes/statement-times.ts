import pg from 'pg';

interface Times {
  count: number;
  ms: number;
}

type Query = (config: unknown, ...rest: unknown[]) => unknown;

/** Adds up how long each named statement of this process takes, for `--profile`; answers the sums, longest first. */
export function timeStatements(): () => string[] {
  const times = new Map<string, Times>();
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const original = prototype.query;
  prototype.query = function (this: pg.Client, config: unknown, ...rest: unknown[]): unknown {
    const start = performance.now();
    const result = original.call(this, config, ...rest);
    if (result instanceof Promise) void result.then(() => note(times, nameOf(config), performance.now() - start)).catch(() => undefined);
    return result;
  };
  return () => [...times].sort(([, a], [, b]) => b.ms - a.ms).map(([name, { count, ms }]) => `${name}: ${count} x ${(ms / count).toFixed(2)} ms = ${(ms / 1000).toFixed(2)} s`);
}

function nameOf(config: unknown): string {
  if (typeof config === 'string') return config.slice(0, 60);
  const { name, text } = config as { name?: string; text?: string };
  return name ?? (text ?? '').slice(0, 60);
}

function note(times: Map<string, Times>, name: string, ms: number): void {
  const found = times.get(name);
  if (!found) times.set(name, { count: 1, ms });
  else {
    found.count++;
    found.ms += ms;
  }
}
