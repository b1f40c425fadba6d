/**
 * Masks on text as JavaScript holds it: what the byte projector's own versions have to equal. A character is a Unicode
 * code point.
 */
import { HIDDEN } from './leaf.rule.js';

export const firstCharacters = (text: string, count: number): string => Array.from(text).slice(0, count).join('');

export function firstAndLast(text: string, first: number, last: number): string {
  const characters = Array.from(text);
  if (characters.length <= first + last) return HIDDEN;
  return characters.slice(0, first).join('') + HIDDEN + characters.slice(characters.length - last).join('');
}
