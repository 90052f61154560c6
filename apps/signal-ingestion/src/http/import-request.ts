import { ProblemException, type ProblemError } from '@perennial/service-kit/http/problem';
import type { NewImport } from '../application/imports/import-store.js';

const known = ['as', 'fileName', 'map', 'set', 'encoding', 'delimiter', 'dates', 'dryRun', 'sha256'];

/** Reads what the query of an upload says: `as=usage&map=Column=field&set=field=value&..`. Throws a 400 problem that lists all that does not fit. */
export function importRequest(query: unknown): Omit<NewImport, 'id' | 'createdAt'> {
  const errors: ProblemError[] = [];
  const given = query as Record<string, string | string[] | undefined>;
  const wrong = (name: string, detail: string) => errors.push({ pointer: `?${name}`, detail });
  const one = (name: string): string | null => {
    const value = given[name];
    if (Array.isArray(value)) wrong(name, 'is given twice');
    else if (value !== undefined && (value === '' || value.length > 500 || /\p{Cc}/u.test(value.replaceAll('\t', '')))) wrong(name, 'must be 1 to 500 characters without control characters');
    return typeof value === 'string' ? value : null;
  };
  const choice = <V extends string>(name: string, values: readonly V[]): V | null => {
    const value = one(name);
    if (value !== null && !values.includes(value as V)) wrong(name, `must be one of ${values.join(', ')}`);
    return value as V | null;
  };
  for (const name of Object.keys(given)) if (!known.includes(name)) wrong(name, 'is not a known parameter: mend its spelling');
  const as = one('as') ?? '';
  if (as === '') wrong('as', 'is required: say what the rows are, e.g. accounts or usage');
  const delimiter = one('delimiter');
  const separator = delimiter === 'tab' || delimiter === '\\t' ? '\t' : delimiter;
  if (separator !== null && separator.length !== 1) wrong('delimiter', 'must be one character, or tab');
  const sha256 = one('sha256');
  if (sha256 !== null && !/^[0-9a-f]{64}$/.test(sha256)) wrong('sha256', 'must be 64 hexadecimal digits');
  const request = {
    fileName: one('fileName'),
    sha256,
    dryRun: choice('dryRun', ['true', 'false']) === 'true',
    options: {
      as, delimiter: separator, encoding: one('encoding'), dates: choice('dates', ['dmy', 'mdy'] as const),
      // A column may hold any character, a field none of these.
      map: pairs(given['map'], (text) => text.lastIndexOf('='), () => wrong('map', 'must be column=field')),
      set: pairs(given['set'], (text) => text.indexOf('='), () => wrong('set', 'must be field=value')),
    },
  };
  if (errors.length > 0) throw new ProblemException(400, 'the request does not fit: see errors', { code: 'invalid', errors });
  return request;
}

function pairs(given: string | string[] | undefined, separator: (text: string) => number, refuse: () => void): Record<string, string> {
  const found = Object.create(null) as Record<string, string>;
  for (const text of [given ?? []].flat()) {
    const at = separator(text);
    if (at < 1 || at === text.length - 1 || text.length > 1_000 || Object.keys(found).length >= 300) refuse();
    else found[text.slice(0, at)] = text.slice(at + 1);
  }
  return found;
}
