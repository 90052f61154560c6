import { redactedMessage } from './redact.js';

describe('redactedMessage', () => {
  it.each([
    ['duplicate key: Key (email)=(jane@example.com) already exists.', 'duplicate key: Key (email)=([value]) already exists.'],
    ['mail to jane.doe+x@mail.example.org failed', 'mail to [e-mail] failed'],
    ['Bearer abc.def-ghi refused, wk_abcdefgh too', '[credentials] refused, [key] too'],
    ['postgres://user:s3cret@db/x is away', 'postgres://user:[password]@db/x is away'],
    ['Failing row contains (7, Jane Doe, a note (short)).', 'Failing row contains ([values]).'],
    ['invalid input syntax for type integer: "Jane "the" Doe"', 'invalid input syntax for type integer: "[value]"'],
    ['date/time field value out of range: "Jane"', 'date/time field value out of range: "[value]"'],
    [`Unexpected token 'J', "Jane Doe" is not valid JSON`, 'Unexpected token: not valid JSON'],
    [`Unexpected token 'J', ..."{"n":Jane Doe"... is not valid JSON`, 'Unexpected token: not valid JSON'],
    ['new row for relation "note" violates check constraint "short"', 'new row for relation "note" violates check constraint "short"'],
    ['two\nlines and a NUL \0 here', 'two lines and a NUL   here'],
  ])('%s', (text, expected) => {
    expect(redactedMessage(new Error(text))).toBe(expected);
  });

  it('cuts at 512 characters, after redacting', () => {
    const message = redactedMessage(`${'x'.repeat(505)} jane@example.com`);
    expect(message).toHaveLength(512);
    expect(message).not.toContain('jane');
  });
});
