// A module of the older kind, without names that Node could import.
import protobuf from 'protobufjs/minimal.js';
import type { ItemFault } from '../item-fault.js';
import { mostValues } from '../json-values.js';

type Reader = InstanceType<typeof protobuf.Reader>;

/** Fields of a message by number; what is not named is skipped. */
type Fields = Readonly<Record<number, readonly [name: string, read: (reader: Reader, state: State) => unknown, repeated?: 'repeated']>>;

interface State {
  values: number;
  depth: number;
}

/** Deeper than any value that is taken. */
const deepest = 40;

/** 64 bits come as an object that keeps them all. */
const decimal = (value: number | { toString(radix?: number): string }): string => value.toString(10);
const text = (reader: Reader): string => reader.string();
const whole = (reader: Reader): string => decimal(reader.int64());
const nanoseconds = (reader: Reader): string => decimal(reader.fixed64());
const nested = (fields: () => Fields) => (reader: Reader, state: State) => message(fields(), reader, reader.uint32() + reader.pos, state);

/** The part of opentelemetry.proto.collector.logs.v1 that is read here, under the names that OTLP's JSON has. */
const anyValue: Fields = {
  1: ['stringValue', text], 2: ['boolValue', (reader) => reader.bool()], 3: ['intValue', whole], 4: ['doubleValue', (reader) => reader.double()],
  5: ['arrayValue', nested(() => ({ 1: ['values', nested(() => anyValue), 'repeated'] }))], 6: ['kvlistValue', nested(() => ({ 1: ['values', nested(() => keyValue), 'repeated'] }))],
  7: ['bytesValue', (reader) => Buffer.from(reader.bytes()).toString('base64')],
};
const keyValue: Fields = { 1: ['key', text], 2: ['value', nested(() => anyValue)] };
const logRecord: Fields = {
  1: ['timeUnixNano', nanoseconds], 5: ['body', nested(() => anyValue)], 6: ['attributes', nested(() => keyValue), 'repeated'], 11: ['observedTimeUnixNano', nanoseconds], 12: ['eventName', text],
};
const scopeLogs: Fields = { 2: ['logRecords', nested(() => logRecord), 'repeated'] };
const resource: Fields = { 1: ['attributes', nested(() => keyValue), 'repeated'] };
const resourceLogs: Fields = { 1: ['resource', nested(() => resource)], 2: ['scopeLogs', nested(() => scopeLogs), 'repeated'] };
const request: Fields = { 1: ['resourceLogs', nested(() => resourceLogs), 'repeated'] };

class TooMuch extends Error {}

/** An ExportLogsServiceRequest in the form that OTLP's JSON has. */
export function decodeLogs(bytes: Uint8Array): { readonly value: unknown } | ItemFault {
  try {
    const reader = protobuf.Reader.create(bytes);
    return { value: message(request, reader, reader.len, { values: 0, depth: 0 }) };
  } catch (error) {
    if (error instanceof TooMuch) return { code: 'too_large', pointer: '', detail: `the body holds more than ${mostValues} values, or nests without end: send it in parts` };
    return { code: 'invalid_protobuf', pointer: '', detail: 'the body is no ExportLogsServiceRequest' };
  }
}

function message(fields: Fields, reader: Reader, end: number, state: State): Record<string, unknown> {
  if (end > reader.len) throw new RangeError('the message ends beyond the body');
  if (++state.depth > deepest) throw new TooMuch();
  const found: Record<string, unknown> = {};
  while (reader.pos < end) {
    if (++state.values > mostValues) throw new TooMuch();
    const tag = reader.uint32();
    const field = fields[tag >>> 3];
    if (!field) {
      reader.skipType(tag & 7);
      continue;
    }
    const [name, read, repeated] = field;
    const value = read(reader, state);
    if (repeated) ((found[name] ??= []) as unknown[]).push(value);
    else found[name] = value;
  }
  state.depth--;
  return found;
}

/** An ExportLogsServiceResponse; null: all was taken. */
export function encodeResponse(partialSuccess: { readonly rejectedLogRecords: number; readonly errorMessage: string } | null): Uint8Array {
  const writer = protobuf.Writer.create();
  if (partialSuccess) writer.uint32(10).fork().uint32(8).int64(partialSuccess.rejectedLogRecords).uint32(18).string(partialSuccess.errorMessage).ldelim();
  return writer.finish();
}
