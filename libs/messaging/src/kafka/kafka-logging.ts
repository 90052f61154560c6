import { logLevel, type LogEntry } from 'kafkajs';

/** Where the adapter logs to; pino fits. */
export interface LogSink {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The library repeats itself while a broker is away: the same text at most once in this time, ms. */
const quietMs = 10_000;

/** Part of every start on a fresh broker, of every deployment and of every rebalance: tried again, then fine. */
const expected =
  /coordinator is not available|coordinator is loading|is rebalancing|re-joining|not aware of this member|There is no leader for this topic-partition|has no leader|Response without match/i;

/**
 * A `logCreator` that gives the library's lines the level they mean to us: it calls `error` whatever it will
 * try again. What really ends a consumer is logged by the subscription, as an error.
 */
export function logCreator(sink: LogSink, now: () => number = () => performance.now()): () => (entry: LogEntry) => void {
  const lastSaid = new Map<string, number>();
  return () =>
    ({ namespace, level, log }) => {
      const { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } = log;
      const detail = typeof fields['error'] === 'string' ? fields['error'] : '';
      const quiet = level > logLevel.WARN || expected.test(message) || expected.test(detail);
      if (quiet) return sink.debug({ kafka: namespace, ...fields }, message);

      const last = lastSaid.get(message);
      if (last !== undefined && now() - last < quietMs) return;
      if (lastSaid.size > 1_000) lastSaid.clear();
      lastSaid.set(message, now());
      sink.warn({ kafka: namespace, ...fields }, message);
    };
}
