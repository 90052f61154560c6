import type { LoggerService } from '@nestjs/common';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import { redactText } from '@perennial/messaging/redact';
import { pino, type DestinationStream, type Logger as PinoLogger, type LoggerOptions } from 'pino';
import { redactFields } from './redact-fields.js';

/** The JSON logger of a process: trace ids in every line, secrets and personal data out. */
export function createLogger(options: { level?: string; destination?: DestinationStream } = {}): PinoLogger {
  const settings: LoggerOptions = {
    level: options.level ?? 'info',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: (fields) => redactFields(fields) },
    hooks: {
      logMethod(this: PinoLogger, args: Parameters<PinoLogger['info']>, method: (...args: Parameters<PinoLogger['info']>) => void) {
        method.apply(this, redactArguments(args) as Parameters<PinoLogger['info']>);
      },
    },
    mixin: () => {
      const span = trace.getActiveSpan()?.spanContext();
      return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
    },
  };
  return options.destination ? pino(settings, options.destination) : pino(settings, pino.destination({ dest: 1, sync: false }));
}

/** An error without a message of its own would lend its own, unread, to the line. */
function redactArguments([first, ...rest]: readonly unknown[]): unknown[] {
  const fields = first instanceof Error ? { err: first } : first;
  const words = rest.map((word) => (typeof word === 'string' ? redactText(word) : typeof word === 'object' && word !== null ? redactFields({ word })['word'] : word));
  if (typeof fields === 'string') return [redactText(fields), ...words];
  const { err } = (fields ?? {}) as { err?: unknown };
  return [fields, ...(words.length === 0 && err instanceof Error ? [redactText(err.message)] : words)];
}

/** Nest's logger over pino. Nest's own chatter at start (routes, modules) is told at debug. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: PinoLogger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write(isChatter(rest.at(-1)) ? 'debug' : 'info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest hands over (message, stack?, context?); objects become fields of the line. */
  private write(level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', message: unknown, rest: unknown[]): void {
    const merged: Record<string, unknown> = {};
    for (const item of message instanceof Error ? [message, ...rest] : rest) {
      if (item instanceof Error) merged['err'] = item;
      else if (typeof item === 'object' && item !== null) Object.assign(merged, item);
      else if (typeof item === 'string') merged[item.includes('\n    at ') ? 'stack' : 'context'] = redactText(item);
    }
    if (typeof message === 'object' && message !== null && !(message instanceof Error)) {
      const { msg, ...more } = message as Record<string, unknown>;
      this.logger[level]({ ...more, ...merged }, typeof msg === 'string' ? msg : '');
    } else this.logger[level](merged, message instanceof Error ? message.message : String(message));
  }
}

const chatterContexts = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication', 'NestMicroservice']);
function isChatter(context: unknown): boolean {
  return typeof context === 'string' && chatterContexts.has(context);
}
