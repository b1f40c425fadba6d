/** Values, names and lines of the live view as text. */
import type { SourceField } from './source-field.js';

/** One value on a few characters: times as people read them, anything long cut with a mark. */
export function shortened(value: unknown, type: string, longest: number): string {
  const text = textOf(value, type)
    // Values come from outside: nothing of them may steer the terminal.
    .replace(/\p{Cc}+/gu, ' ');
  const characters = Array.from(text);
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}

function textOf(value: unknown, type: string): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number' && type.includes('timestamp')) {
    const millis = type.includes('micros') ? value / 1000 : value;
    const time = new Date(millis);
    if (!Number.isNaN(time.getTime())) return time.toISOString().slice(0, 16).replace('T', ' ');
  }
  return typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', '');
}

/** Names of the source's fields that a delivery lacks, outermost only, in the order of the contract. */
export function withheldOf(source: readonly SourceField[], fields: Readonly<Record<string, unknown>>): string[] {
  const missing = source.map(({ path }) => path).filter((path) => !has(fields, path.split('.')));
  return missing.filter((path) => !missing.some((other) => path.startsWith(`${other}.`)));
}

function has(value: unknown, [name, ...inner]: readonly string[]): boolean {
  if (name === undefined) return true;
  // A null record says nothing about its fields: they were not withheld one by one.
  if (value === null) return true;
  return typeof value === 'object' && name in value && has((value as Record<string, unknown>)[name], inner);
}

/** Words in lines of at most `width` characters, two spaces apart; a word is never cut. */
export function wrapped(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 2 + word.length <= width) lines[lines.length - 1] = `${last}  ${word}`;
    else lines.push(word);
  }
  return lines;
}
