import type { DeadLetter, DeadLetterRecord } from '@perennial/messaging/dead-letters';

/** A dead letter as it is answered; the offset as text, since JSON numbers do not hold all of them. */
export type DeadLetterView = Omit<DeadLetter, 'offset' | 'firstSeen'> & { readonly offset: string; readonly firstSeen: string };

/** One dead letter with the record that it is: whoever is to mend it must see what is wrong with it. */
export type DeadLetterDetail = DeadLetterView & {
  readonly key: string | null;
  readonly headers: DeadLetterRecord['headers'];
  /** JSON where the value is JSON, else its text, else `{base64}`; `{truncated, head}` when it is larger than 256 KiB. */
  readonly payload: unknown;
};

const mostBytes = 256 * 1024;
const headBytes = 4 * 1024;

export function viewOf(letter: DeadLetter): DeadLetterView {
  return { ...letter, offset: String(letter.offset), firstSeen: letter.firstSeen.toISOString() };
}

export function detailOf(letter: DeadLetter, { key, value, headers }: DeadLetterRecord): DeadLetterDetail {
  return { ...viewOf(letter), key: key && key.toString('utf8'), headers, payload: payloadOf(value) };
}

/** What people can read of a record's value, which may be anything at all. */
export function payloadOf(value: Buffer | null): unknown {
  if (value === null) return null;
  if (value.length > mostBytes) return { truncated: true, head: value.toString('utf8', 0, headBytes) };
  const text = textOf(value);
  if (text === null) return { base64: value.toString('base64') };
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function textOf(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
