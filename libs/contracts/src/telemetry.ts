import { Type, type Static } from 'typebox';
import { Id, Instant } from './primitives.js';

/** A vendor SDK's call as the edge accepted it, its body untouched. */
export const VendorCall = Type.Object({
  sourceId: Id,
  vendor: Type.String(),
  /** e.g. `track`, `identify`, `group`. */
  call: Type.String(),
  body: Type.Record(Type.String(), Type.Unknown()),
  receivedAt: Instant,
  sentAt: Type.Union([Type.String(), Type.Null()]),
});
export type VendorCall = Static<typeof VendorCall>;

/** An item of an authenticated sender that could not be taken; it is listed, never lost. */
export const InputRejected = Type.Object({
  id: Id,
  sourceId: Id,
  receivedAt: Instant,
  code: Type.String(),
  pointer: Type.Union([Type.String(), Type.Null()]),
  detail: Type.String(),
  payload: Type.Unknown(),
  /** How to read it again; absent for whole bodies. */
  vendor: Type.Optional(Type.String()),
  call: Type.Optional(Type.String()),
  sentAt: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  /** Of a webhook's event: under which id and type it is read, and the ids of signals that were made of it and taken. */
  event: Type.Optional(Type.Object({ id: Type.String(), type: Type.String(), taken: Type.Array(Type.String()) })),
});
export type InputRejected = Static<typeof InputRejected>;
