import { Type, type Static } from 'typebox';
import { Day, Id, Instant, StakeholderRole, Version } from './primitives.js';

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

export const Stakeholder = Type.Object({
  personId: Id,
  name: nullable(Type.String()),
  title: nullable(Type.String()),
  roles: Type.Array(StakeholderRole),
});

/** An account with the stakeholders that hold a role (at most 50). */
export const AccountState = Type.Object({
  id: Id,
  name: nullable(Type.String()),
  segment: nullable(Type.String()),
  tier: nullable(Type.String()),
  region: nullable(Type.String()),
  country: nullable(Type.String()),
  timeZone: nullable(Type.String()),
  lifecycleStage: nullable(Type.String()),
  ownerId: nullable(Type.String()),
  parentId: nullable(Type.String()),
  aliases: Type.Array(Type.String()),
  mergedInto: nullable(Type.String()),
  goLive: nullable(Day),
  traits: Type.Record(Type.String(), Type.Unknown()),
  createdAt: Instant,
  stakeholders: Type.Array(Stakeholder, { maxItems: 50 }),
  /** Imports that run and have touched the account: its verdict waits for their end. Absent: none. */
  importing: Type.Optional(Type.Array(Id)),
  version: Version,
});
export type AccountState = Static<typeof AccountState>;

/**
 * `account.reset`: forget every fact of the account; its signals follow again. `regrouped`: what the account consists
 * of changed, so that earlier verdicts were about something else. `mergedInto`: it is part of that account now and
 * has no signals of its own.
 */
export const AccountReset = Type.Object({
  accountId: Id,
  cause: Type.Enum(['restatement', 'import']),
  reason: Type.String(),
  regrouped: Type.Optional(Type.Boolean()),
  mergedInto: Type.Optional(Id),
  version: Version,
});
/** `account.restated`: all signals came again; give one net verdict, with this cause. */
export const AccountRestated = AccountReset;

/** `account.importing`: signals of this import follow; no verdict of the account until it is over. */
export const AccountImporting = Type.Object({ accountId: Id, importId: Id, version: Version });
/** How many of the contacts that were known before an import it told something of that may mean that they have gone. */
export const ImportedContacts = Type.Object({ known: Type.Integer({ minimum: 0 }), changed: Type.Integer({ minimum: 0 }) });
export type ImportedContacts = Static<typeof ImportedContacts>;

/** `account.imported`: all signals of the import have come; give one net verdict. `contacts`: of the whole import, where it changed any. */
export const AccountImported = Type.Object({ accountId: Id, importId: Id, contacts: Type.Optional(ImportedContacts), version: Version });

export const UserState = Type.Object({
  id: Id,
  email: Type.String(),
  name: nullable(Type.String()),
  role: Type.Enum(['admin', 'operator', 'manager', 'csm', 'viewer']),
  active: Type.Boolean(),
  version: Version,
});
export type UserState = Static<typeof UserState>;
