import { signalDataFields, signalKinds, type SignalKind } from '@perennial/contracts/signal';
import type { ItemFault } from '../item-fault.js';
import { pointerToken } from '../item-fault.js';
import { signalFault, type SignalRules } from '../signal-rules.js';
import type { Item, Meaning } from '../vendors/vendor.js';
import { b2bSaasRules } from './b2b-saas-rules.js';
import { compileExpression, type Expression, type MappingFacts } from './expression.js';
import { isExpression, maxMappingSize, maxRules, type MappedValue, type Mapping, type MappingRule } from './mapping-rule.js';

interface CompiledRule {
  readonly rule: MappingRule;
  /** Its place among the source's own rules; null: it is built in. */
  readonly index: number | null;
  readonly condition: Expression | null;
  readonly values: ReadonlyMap<MappedValue, Expression>;
}

/** What a rule made of a message. */
export interface Mapped {
  readonly rule: { readonly index: number | null; readonly name: string };
  /** A fault: the rule fits, and what it says is no signal. */
  readonly meaning: Meaning | ItemFault;
}

/** A message as its vendor reads it. */
export interface Unmapped {
  readonly vendor: string;
  readonly call: string;
  readonly body: Item;
  readonly receivedAt: number;
  readonly meaning: Meaning;
}

export interface CompiledMapping {
  /** Null: no rule fits, the vendor's own reading stays. */
  map(message: Unmapped, rules: SignalRules): Mapped | null;
}

/** What is wrong with a mapping, with pointers into it; empty: nothing. */
export function mappingFaults(mapping: Mapping): ItemFault[] {
  const fault = (pointer: string, detail: string): ItemFault => ({ code: 'mapping_invalid', pointer, detail });
  if (mapping.rules.length > maxRules) return [fault('/rules', `holds ${mapping.rules.length} rules: at most ${maxRules}`)];
  if (JSON.stringify(mapping.rules).length > maxMappingSize) return [fault('/rules', `is larger than ${maxMappingSize} characters: say less`)];
  return mapping.rules.flatMap((rule, at) => {
    const faults: ItemFault[] = [];
    const kind = rule.kind ?? 'usage';
    if (kind !== 'none' && !signalKinds.includes(kind)) faults.push(fault(`/rules/${at}/kind`, `must be none or one of ${signalKinds.join(', ')}`));
    if (kind === 'none' && rule.data !== undefined) faults.push(fault(`/rules/${at}/data`, 'means nothing with the kind none: remove it'));
    if (kind !== 'usage') for (const field of ['feature', 'quantity'] as const) if (rule[field] !== undefined) faults.push(fault(`/rules/${at}/${field}`, 'belongs to the kind usage: remove it'));
    for (const [pointer, value] of valuesOf(rule)) {
      if (!isExpression(value)) continue;
      const found = typeof value.cel === 'string' && Object.keys(value).length === 1 ? compileExpression(value.cel) : 'must be a constant, or {"cel": "<expression>"}';
      if (typeof found === 'string') faults.push(fault(`/rules/${at}${pointer}`, found));
    }
    if (kind !== 'none' && kind in signalDataFields) {
      for (const field of Object.keys(rule.data ?? {})) if (!Object.hasOwn(signalDataFields[kind], field)) faults.push(fault(`/rules/${at}/data/${pointerToken(field)}`, `is no field of ${kind}: use ${Object.keys(signalDataFields[kind]).join(', ')}`));
    }
    if (rule.condition !== undefined) {
      const found = compileExpression(rule.condition);
      if (typeof found === 'string') faults.push(fault(`/rules/${at}/condition`, found));
    }
    return faults;
  });
}

function valuesOf({ data = {}, account = {}, feature, quantity, product }: MappingRule): [string, MappedValue][] {
  const own: [string, MappedValue | undefined][] = [['/feature', feature], ['/quantity', quantity], ['/product', product]];
  return [
    ...own.filter((one): one is [string, MappedValue] => one[1] !== undefined),
    ...Object.entries(data).map(([name, value]): [string, MappedValue] => [`/data/${pointerToken(name)}`, value]),
    ...Object.entries(account).map(([name, value]): [string, MappedValue] => [`/account/${pointerToken(name)}`, value]),
  ];
}

/** A mapping without faults, ready to be applied. Throws where it has one. */
export function compileMapping({ rules, builtIn }: Mapping): CompiledMapping {
  const compiled = [...rules.map((rule, index) => compileRule(rule, index)), ...(builtIn ? b2bSaasRules.map((rule) => compileRule(rule, null)) : [])];
  const byEvent = new Map<string, CompiledRule[]>();
  const anyEvent = compiled.filter(({ rule }) => rule.events === undefined);
  for (const name of new Set(compiled.flatMap(({ rule }) => rule.events ?? []))) byEvent.set(name, compiled.filter(({ rule }) => rule.events === undefined || rule.events.includes(name)));
  return {
    map(message, signalRules) {
      const { signal } = message.meaning;
      const event = signal?.kind === 'usage' ? signal.data.event : '';
      const candidates = byEvent.get(event) ?? anyEvent;
      if (candidates.length === 0) return null;
      const facts = factsOf(message, event);
      const found = candidates.find(({ condition }) => condition === null || condition.valueOf(facts) === true);
      return found ? { rule: { index: found.index, name: found.rule.name }, meaning: applied(found, message, facts, signalRules) } : null;
    },
  };
}

function compileRule(rule: MappingRule, index: number | null): CompiledRule {
  const compiled = (text: string): Expression => {
    const expression = compileExpression(text);
    if (typeof expression === 'string') throw new Error(`a mapping that was checked holds an expression that ${expression}`);
    return expression;
  };
  const values = new Map(valuesOf(rule).flatMap(([, value]) => (isExpression(value) ? [[value, compiled(value.cel)] as const] : [])));
  return { rule, index, condition: rule.condition === undefined ? null : compiled(rule.condition), values };
}

const object = (value: unknown): Item => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Item) : {});

function factsOf({ vendor, call, body, meaning }: Unmapped, event: string): MappingFacts {
  const properties = meaning.signal?.kind === 'usage' ? meaning.signal.data.properties : undefined;
  const context = object(body['context']);
  return { event, call, vendor, properties: properties ?? object(body['properties']), traits: { ...object(context['traits']), ...object(body['traits']) }, context, body };
}

function applied({ rule, values }: CompiledRule, { meaning, receivedAt }: Unmapped, facts: MappingFacts, signalRules: SignalRules): Meaning | ItemFault {
  const valueOf = (value: MappedValue | undefined): unknown => (value === undefined ? undefined : isExpression(value) ? values.get(value)?.valueOf(facts) : value);
  const given = (fields: Readonly<Record<string, MappedValue>> = {}): Record<string, unknown> =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, valueOf(value)] as const).filter(([, value]) => value !== undefined && value !== ''));
  const account = given(rule.account);
  const product = valueOf(rule.product);
  const common = {
    ...meaning,
    ...(Object.keys(account).length === 0 ? {} : { accountTraits: { ...meaning.accountTraits, ...account } }),
    ...(typeof product === 'string' && product !== '' ? { product } : {}),
    ...(rule.role === undefined ? {} : { role: rule.role }),
  };
  if (rule.kind === 'none') return { ...common, signal: null };
  const kind: SignalKind | undefined = rule.kind ?? meaning.signal?.kind;
  if (kind === undefined) return common;
  const before = meaning.signal?.kind === kind && (kind === 'usage' || rule.kind === undefined) ? meaning.signal.data : {};
  const data = { ...before, ...given({ ...(rule.feature === undefined ? {} : { feature: rule.feature }), ...(rule.quantity === undefined ? {} : { quantity: rule.quantity }), ...rule.data }) };
  const fault = signalFault({ kind, accountId: 'any', ...(common.product === null ? {} : { product: common.product }), data }, receivedAt, signalRules);
  if (fault) return { code: 'mapping_unfit', pointer: fault.pointer, detail: `what the mapping rule "${rule.name}" makes of it ${fault.pointer === '' ? '' : `at ${fault.pointer} `}${fault.detail}` };
  return { ...common, signal: { kind, data } as Meaning['signal'] };
}
