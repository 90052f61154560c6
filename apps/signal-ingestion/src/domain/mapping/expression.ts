import { Environment, type ASTNode } from '@marcbachmann/cel-js';

/** What an expression sees of a message. */
export interface MappingFacts {
  /** Name of the event (`usage` signals), else empty. */
  readonly event: string;
  readonly call: string;
  readonly vendor: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly traits: Readonly<Record<string, unknown>>;
  readonly context: Readonly<Record<string, unknown>>;
  /** The whole item as it was sent. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A CEL expression, ready to be worked out. */
export interface Expression {
  /** Its value as JSON; undefined where it has none, e.g. a property that the message does not have. */
  valueOf(facts: MappingFacts): unknown;
}

export const maxExpression = 500;
const limits = { maxAstNodes: 200, maxDepth: 20, maxListElements: 50, maxMapEntries: 50, maxCallArguments: 10 };
const environment = new Environment({ homogeneousAggregateLiterals: false, limits })
  .registerVariable('event', 'string').registerVariable('call', 'string').registerVariable('vendor', 'string')
  .registerVariable('properties', 'map').registerVariable('traits', 'map').registerVariable('context', 'map').registerVariable('body', 'map');

/** They loop over what a sender wrote: one in an expression takes time in proportion, one within another the square of it. */
const loops = new Set(['all', 'exists', 'exists_one', 'map', 'filter', 'bind']);

/** The expression, or what is wrong with it. Expressions end: CEL has no loops but over lists, of which one may have one. */
export function compileExpression(text: string): Expression | string {
  if (text.length > maxExpression) return `has ${text.length} characters: at most ${maxExpression}`;
  try {
    const parsed = environment.parse(text);
    const called = callsIn(parsed.ast);
    // A pattern is worked out by backtracking, which some texts make last for minutes.
    if (called.includes('matches')) return 'uses matches: use startsWith, endsWith, contains or == instead';
    if (called.filter((name) => loops.has(name)).length > 1) return `goes over lists more than once: use one of ${[...loops].join(', ')} at most once`;
    const check = parsed.check();
    if (!check.valid) return firstLine(check.error?.message);
    return { valueOf: (facts) => valueOf(parsed, facts) };
  } catch (error) {
    return firstLine((error as Error).message);
  }
}

function valueOf(parsed: (context: Record<string, unknown>) => unknown, facts: MappingFacts): unknown {
  try {
    return plain(parsed({ ...facts }));
  } catch {
    // CEL's own errors: no such key, no overload for these types, division by zero.
    return undefined;
  }
}

const firstLine = (message = 'cannot be read'): string => message.split('\n', 1)[0] ?? message;

function callsIn(root: ASTNode): string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null && 'op' in value && 'args' in value) {
      const { op, args } = value as { op: string; args: unknown };
      if ((op === 'call' || op === 'rcall') && Array.isArray(args) && typeof args[0] === 'string') found.push(args[0]);
      visit(args);
    }
  };
  visit(root);
  return found;
}

/** CEL's values as JSON's: whole numbers are bigints there. Undefined where JSON has no such value. */
function plain(value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return Number(value);
    case 'number':
      return Number.isFinite(value) ? value : undefined;
    case 'object': {
      if (value === null) return null;
      if (value instanceof Date) return value.toISOString();
      if (Array.isArray(value)) return value.map(plain);
      if (value instanceof Map) return Object.fromEntries([...value].map(([name, one]) => [String(name), plain(one)]));
      return Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)])) : undefined;
    }
    case 'string':
    case 'boolean':
      return value;
    default:
      return undefined;
  }
}
