import type { LoggerService } from '@nestjs/common';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import { redactText } from '@perennial/messaging/redact';
import { pino, type DestinationStream, type Logger as PinoLogger, type LoggerOptions } from 'pino';

/** Names of fields whose values never reach a log, at the top or one to three levels down. */
const secretFields = ['authorization', 'cookie', 'set-cookie', 'password', 'secret', 'token', 'apiKey', 'api_key', 'writeKey', 'write_key', 'privateKey', 'csrf', 'session', 'identityToken'];
/** Fields that hold personal data. */
const personalFields = ['email', 'phone', 'ip', 'payload', 'traits', 'body', 'text', 'comment'];
const fields = [...secretFields, ...personalFields].map((name) => (/^\w+$/.test(name) ? name : `["${name}"]`));
const under = (prefix: string, name: string) => (name.startsWith('[') ? `${prefix}${name}` : `${prefix}.${name}`);

/** Paths that are replaced by `[redacted]` in every log line. */
export const redactedPaths: readonly string[] = fields.flatMap((name) => [name, ...['*', '*.*', '*.*.*'].map((prefix) => under(prefix, name))]);

interface SerializedError {
  type: string;
  message: string;
  stack?: string;
  code?: string;
  cause?: SerializedError;
}

/** Only what explains an error: drivers hang statements, parameters and rows on theirs. */
function serializeError(error: Error, depth = 0): SerializedError {
  const code = (error as { code?: unknown }).code;
  return {
    type: error.name,
    message: redactText(error.message),
    ...(error.stack && depth === 0 ? { stack: redactText(error.stack) } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.cause instanceof Error && depth < 3 ? { cause: serializeError(error.cause, depth + 1) } : {}),
  };
}

/** The JSON logger of a process: trace ids in every line, secrets and personal data out. */
export function createLogger(options: { level?: string; destination?: DestinationStream } = {}): PinoLogger {
  const settings: LoggerOptions = {
    level: options.level ?? 'info',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: [...redactedPaths], censor: '[redacted]' },
    serializers: { err: (error: unknown) => (error instanceof Error ? serializeError(error) : error) },
    hooks: {
      logMethod(this: PinoLogger, args: Parameters<PinoLogger['info']>, method: (...args: Parameters<PinoLogger['info']>) => void) {
        method.apply(this, args.map((arg: unknown) => (typeof arg === 'string' ? redactText(arg) : arg)) as Parameters<PinoLogger['info']>);
      },
    },
    mixin: () => {
      const span = trace.getActiveSpan()?.spanContext();
      return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
    },
  };
  return options.destination ? pino(settings, options.destination) : pino(settings, pino.destination({ dest: 1, sync: false }));
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
