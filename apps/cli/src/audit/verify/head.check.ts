/** Heads that somebody kept: which of them can be trusted, and whether the chain still goes through them. */
import { type Head, headIn, isObject, isSignedBy, type Json, objectIn, type TrustedKey } from './format.js';
import type { Finding } from './findings.js';

/** Lines of a heads file; or a page of heads as the service answers, or a list. */
export function readHeads(text: string): { heads: Head[]; findings: Finding[] } {
  const whole = jsonIn(text);
  const items = isObject(whole) && Array.isArray(whole['items']) ? whole['items'] : whole;
  const list = Array.isArray(items) ? items.map((item) => (isObject(item) ? item : null)) : linesIn(text);
  const heads: Head[] = [];
  const findings: Finding[] = [];
  for (const [index, said] of list.entries()) {
    const head = said === null ? null : headIn(said);
    if (head !== null) heads.push(head);
    else findings.push({ code: 'UNREADABLE', record: null, message: `head ${index + 1} of the file is no head` });
  }
  return { heads, findings };
}

const linesIn = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(objectIn);

function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

export interface JudgedHeads {
  /** Of this chain and, where a key is given, signed with it; by number of record. */
  good: Head[];
  findings: Finding[];
}

/** Without keys no signature is looked at. */
export function judgeHeads(heads: readonly Head[], chain: string, keys: readonly TrustedKey[]): JudgedHeads {
  const findings: Finding[] = [];
  const good = heads.filter((head) => {
    const flaw = flawOf(head, chain, keys);
    if (flaw !== null) findings.push(flaw);
    return flaw === null;
  });
  good.sort((a, b) => a.sequence - b.sequence);
  for (const [index, head] of good.entries()) {
    const before = good[index - 1];
    if (before?.sequence !== head.sequence || before.hash === head.hash) continue;
    const message = `heads of ${before.at} and ${head.at} are both signed and name different hashes`;
    findings.push({ code: 'FORKED', record: head.sequence, message });
  }
  return { good, findings };
}

function flawOf(head: Head, chain: string, keys: readonly TrustedKey[]): Finding | null {
  const record = head.sequence;
  const which = `the head of ${head.at}`;
  if (keys.length > 0) {
    const key = keys.find(({ id }) => id === head.key);
    if (key === undefined) {
      return {
        code: 'SWAPPED_KEY',
        record,
        message: `${which} is signed with the key ${head.key.slice(0, 16)}..., which was not given`,
      };
    }
    if (!isSignedBy(head, key)) {
      return { code: 'FORGED_HEAD', record, message: `${which} was not signed with the key that it names` };
    }
  }
  if (head.chain === chain) return null;
  return { code: 'OTHER_CHAIN', record, message: `${which} is of the chain ${head.chain}` };
}

/** Compares the chain, which ends at `last`, with the heads. */
export function followHeads(
  good: readonly Head[],
  last: number,
  hashOf: (sequence: number) => string | undefined,
): Finding[] {
  const findings: Finding[] = [];
  const beyond = good.filter((head) => head.sequence > last);
  const farthest = beyond.at(-1);
  if (farthest !== undefined) {
    const message = `the file ends at record ${last}; the head of ${farthest.at} is of record ${farthest.sequence}`;
    findings.push({ code: 'TRUNCATED', record: last, message });
  }
  let fits = 0;
  for (const head of good) {
    const hash = hashOf(head.sequence);
    if (hash === undefined) continue;
    if (hash !== head.hash) {
      const where =
        fits + 1 === head.sequence ? `record ${head.sequence}` : `one of the records ${fits + 1} to ${head.sequence}`;
      const message = `${where} is not what it was when the head of ${head.at} was published; hashes were made anew`;
      findings.push({ code: 'REWRITTEN', record: head.sequence, message });
      break;
    }
    fits = head.sequence;
  }
  return findings;
}
