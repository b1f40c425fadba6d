/**
 * Names of subjects as the original reads them. A name may be qualified by a context (`:.eu:orders-value`); there is
 * one context here, the default one, so a subject in another does not exist and cannot be made.
 */

const CONTEXT_PREFIX = ':.';
const EVERY_CONTEXT = ':*:';
// Java's ISO control characters.
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001F\u007F-\u009F]/;

export interface SubjectName {
  /** `.` for the default context. */
  context: string;
  name: string;
}

function readSubjectName(raw: string): SubjectName {
  if (!raw.startsWith(CONTEXT_PREFIX)) return { context: '.', name: raw };
  const end = raw.indexOf(':', CONTEXT_PREFIX.length);
  return end < 0 ? { context: raw.slice(1), name: '' } : { context: raw.slice(1, end), name: raw.slice(end + 1) };
}

/** The name under which a subject is kept: without the default context, with any other. */
export function canonicalName(raw: string): string {
  const { context, name } = readSubjectName(raw);
  return context === '.' ? name : `:${context}:${name}`;
}

export const isInDefaultContext = (subject: string): boolean => readSubjectName(subject).context === '.';

/** Whether a subject of this name could be registered here. */
export function isRegistrable(raw: string): boolean {
  const { context, name } = readSubjectName(raw);
  return context === '.' && name !== '__GLOBAL' && name !== '__EMPTY' && name.length <= 1_000 && !CONTROL.test(raw);
}

/** The test of names that a `subjectPrefix` means; `:*:` is every context. */
export function prefixTest(prefix: string): (subject: string) => boolean {
  const start = prefix.startsWith(EVERY_CONTEXT) ? prefix.slice(EVERY_CONTEXT.length) : prefix;
  return (subject) => subject.startsWith(start);
}
