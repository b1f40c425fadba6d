import { z } from 'zod';

/** What no text of a person holds: control characters but line breaks and tabs. */
const CONTROL = /[^\P{Cc}\t\n\r]/u;

/** Words of a person: shown as they are, never as markup. Not blank, whole characters, no control characters. */
export const plainText = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((text) => text.trim().length > 0, 'expected some words')
    .refine((text) => text.isWellFormed(), 'half of a character (a lone surrogate) is no text')
    .refine((text) => !CONTROL.test(text), 'control characters other than line breaks and tabs are no text');
