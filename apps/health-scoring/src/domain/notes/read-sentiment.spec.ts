import fc from 'fast-check';
import { readSentiment, type Sentiment } from './read-sentiment.js';

/** What a person says they mean. */
const printed: readonly [text: string, meant: Sentiment][] = [
  ['The new export is a killer feature for their auditors', 'positive'],
  ['They are not happy with the last release', 'negative'],
  ['Sponsor could not be happier with the rollout', 'positive'],
  ['No problems at all since the migration', 'positive'],
  ['Great team, but the product is slow and it crashes every week', 'negative'],
  ['The outage was resolved within an hour and they were impressed', 'positive'],
  ['Champion said the dashboard is useless and a waste of time', 'negative'],
  ['Far from satisfied with the answers of our support', 'negative'],
  ['They would be happy if the import worked', 'unclear'],
  ['Sent the agenda for the review on Tuesday', 'unclear'],
  ['Insanely good onboarding, users love it', 'positive'],
  ['Never been so disappointed by a vendor', 'negative'],
];

it('reads twelve printed sentences: at least ten right or unclear, most of them clear', () => {
  const rows = printed.map(([text, meant]) => ({ text, meant, ...readSentiment(text) }));
  for (const { text, meant, sentiment, because, words } of rows) {
    process.stderr.write(`${sentiment === meant ? 'right  ' : sentiment === 'unclear' ? 'unclear' : 'WRONG  '} ${meant.padEnd(8)} ${text} [${words.map(({ word, weight }) => `${word} ${weight > 0 ? '+' : ''}${weight}`).join(', ') || because}]\n`);
  }
  expect(rows.filter(({ meant, sentiment }) => sentiment === meant || sentiment === 'unclear').length).toBeGreaterThanOrEqual(10);
  expect(rows.filter(({ meant, sentiment }) => sentiment === meant).length).toBeGreaterThanOrEqual(10);
});

it.each<[string, Sentiment, string | null]>([
  ['They are not very happy', 'negative', null],
  ["They aren't happy at all", 'negative', null],
  ['It is not only useful, it is a game changer', 'positive', null],
  ['No longer satisfied', 'negative', null],
  ['The reporting is terribly good', 'positive', null],
  ['It finally solved our biggest problem', 'unclear', 'weak'],
  ['The outage is still not resolved', 'negative', null],
  ['They like the product but hate the price', 'negative', null],
  ['They love the product and hate the price', 'unclear', 'mixed'],
  ['Are they happy with it?', 'unclear', 'supposed'],
  ['We hope that they love it', 'unclear', 'supposed'],
  ['They would like to see the error logs. Thanks and best regards', 'unclear', 'no_words'],
  ['Die Kundin war mit der Lösung nicht zufrieden, die Fehler sind fatal', 'unclear', 'other_language'],
  ['Looks like the kill switch is mission critical', 'unclear', 'no_words'],
  ['constructor toString __proto__ hasOwnProperty', 'unclear', 'no_words'],
  ['', 'unclear', 'no_words'],
])('%s: %s', (text, sentiment, because) => {
  expect(readSentiment(text)).toMatchObject({ sentiment, because });
});

it('answers the words it rests on, with what they count for', () => {
  expect(readSentiment('Not happy, and the export is very slow').words).toEqual([{ word: 'happy', weight: -2.25, negated: true }, { word: 'slow', weight: -2.5, negated: false }]);
});

it('reads any text, quickly, within its range, and names a reason exactly where it is unclear', () => {
  const text = fc.array(fc.constantFrom('happy', 'not', 'but', 'slow', 'if', 'great', '.', ',', 'never', 'resolved', 'outage', '?', 'ärger', '😀'), { maxLength: 40 }).map((words) => words.join(' '));
  fc.assert(fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), (any) => {
    const { sentiment, score, words, because } = readSentiment(any);
    expect(Math.abs(score)).toBeLessThanOrEqual(1);
    expect((because === null) === (sentiment !== 'unclear')).toBe(true);
    if (sentiment !== 'unclear') expect([words.length > 0, Math.sign(score)]).toEqual([true, sentiment === 'positive' ? 1 : -1]);
  }));
  const start = performance.now();
  for (const one of ["n't ", 'happy ', 'resolved outage ']) readSentiment(one.repeat(50_000));
  expect(performance.now() - start).toBeLessThan(2_000);
});
