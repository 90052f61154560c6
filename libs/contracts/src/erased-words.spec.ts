import { ErasedWords } from './erased-words.js';

const anna = new ErasedWords({ accountId: 'acme', ids: ['anna.smith', 'u-17', '123456', 'acme'], names: ['Anna "Annie" Smith', 'Anna Smith', 'Anna'], emails: ['anna@acme.com'] });

describe('words of a person who was erased', () => {
  it.each([
    ['The champion Anna Smith is no longer with the company', 'The champion (erased) is no longer with the company'],
    ['Would not renew: ANNA SMITH, Bo', 'Would not renew: (erased), Bo'],
    ['acme went from green to red: anna.smith.', 'acme went from green to red: (erased).'],
    ['anonymous:anna.smith, Anna Smith and Anna', 'anonymous:(erased), (erased) and (erased)'],
    ['Write to Anna@ACME.com', 'Write to (erased)'],
    ['Anna "Annie" Smith NPS 2', '(erased) NPS 2'],
  ])('go: %s', (text, left) => expect(anna.fromText(text)).toBe(left));

  it.each([
    'Annabel Smith and Joanna are here',
    'hanna is not anna',
    'anna.smith.jr, anna.smith-2 and joanna.smith',
    'joanna@acme.com, anna@acme.com.au and anna.smith@else.com',
    'u-17 and 123456 mean other things too often',
  ])('leave others alone: %s', (text) => expect(anna.fromText(text)).toBe(text));

  it('go from texts of a JSON value; states and ids of other things stay', () => {
    const amber = new ErasedWords({ accountId: 'acme', ids: ['signal'], names: ['amber'], emails: ['a@b.c'] });
    const said = { accountId: 'acme', to: 'amber', cause: 'signal', reasons: [{ text: 'amber left', evidence: ['signal'] }, { text: 'amber' }], reason: 'amber', by: 'a@b.c', n: 1, none: null };
    expect(amber.from(said)).toEqual({ ...said, reasons: [{ text: '(erased) left', evidence: ['signal'] }, { text: '(erased)' }], reason: '(erased)', by: '(erased)' });
  });

  it('leave the same object where there are none, and change nothing twice', () => {
    const said = { reasons: [{ text: 'Use fell' }], at: ['x'] };
    expect(anna.from(said)).toBe(said);
    expect([anna.areIn(said), anna.areIn({ ...said, note: 'Anna left' })]).toEqual([false, true]);
    expect(anna.from(anna.from({ text: 'Anna left' }))).toEqual({ text: '(erased) left' });
  });

  it('are searched for as they are and as JSON has them', () => {
    expect(anna.searched).toEqual(expect.arrayContaining(['anna@acme.com', 'Anna "Annie" Smith', 'Anna \\"Annie\\" Smith', 'anna.smith']));
    expect(anna.searched).not.toContain('acme');
  });
});
