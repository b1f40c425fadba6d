/**
 * How streams and questions are made comparable. Pure.
 *
 * Text is compared in lower case and in one form of Unicode, without accents; names written together (`flightMovement`,
 * `flight-movement`) are words of their own. A question in Chinese is cut into words as a dictionary does; English words
 * are also looked for without their plural ending.
 */
export interface SearchableStream {
  stream: string;
  title: { en: string; zh: string };
  description: string;
  fields: readonly { path: string; doc: string }[];
}

export interface SearchText {
  title: string;
  /** Of everything, the title included. */
  all: string;
}

export function searchTextOf({ stream, title, description, fields }: SearchableStream): SearchText {
  const head = folded([stream, title.en, title.zh].map(apart).join(' \n '));
  const rest = folded([description, ...fields.map(({ path, doc }) => `${apart(path)} ${doc}`)].join(' \n '));
  return { title: head, all: `${head} \n ${rest}` };
}

/** The name as it is, and with its parts apart. */
const apart = (name: string): string =>
  `${name} ${name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[._-]+/g, ' ')}`;

export const folded = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFC').toLowerCase();

const MOST_WORDS = 12;
const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

/** Each word of a question in every form under which it may be found. */
export function wordsOf(question: string): string[][] {
  const words = [...segmenter.segment(folded(question))].filter(({ isWordLike }) => isWordLike === true);
  return [...new Set(words.map(({ segment }) => segment))].slice(0, MOST_WORDS).map(formsOf);
}

function formsOf(word: string): string[] {
  if (!/^[a-z]{4,}$/.test(word)) return [word];
  const singular = word
    .replace(/ies$/, 'y')
    .replace(/(s|x|z|ch|sh)es$/, '$1')
    .replace(/([^s])s$/, '$1');
  return singular === word ? [word] : [word, singular];
}

/** For LIKE: anywhere in the text. */
export const patternOf = (word: string): string => `%${word.replace(/[\\%_]/g, '\\$&')}%`;
