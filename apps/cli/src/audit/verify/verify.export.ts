/** An export of the whole chain, line by line. Needs nothing but the file, and what the reader kept elsewhere. */
import { ChainCheck } from './chain.check.js';
import { DetailCheck } from './detail.check.js';
import { entryIn, type JsonObject, objectIn, textIn, type TrustedKey } from './format.js';
import type { Finding, Report, Unchecked } from './findings.js';
import { followHeads, judgeHeads, readHeads } from './head.check.js';

export interface Trusted {
  /** Text of a heads file; null: none was given. */
  heads: string | null;
  /** Public keys that heads may be signed with; none: signatures are not looked at. */
  keys: readonly TrustedKey[];
}

export const NO_KEY: Unchecked = { check: 'signatures of heads', why: 'no key was given (--key)' };
const NO_HEADS: Unchecked = {
  check: 'whether the end was cut off, or everything written anew with fitting hashes',
  why: 'no heads were given (--heads)',
};

export async function verifyExport(lines: AsyncIterable<string> | Iterable<string>, trusted: Trusted): Promise<Report> {
  const kept = trusted.heads === null ? { heads: [], findings: [] } : readHeads(trusted.heads);
  const file = await readExport(lines, new Set(kept.heads.map((head) => head.sequence)));
  const { chain, details } = file;
  const judged = judgeHeads(kept.heads, file.id, trusted.keys);
  const last = chain.last;
  const findings = [
    ...file.findings,
    ...chain.findings,
    ...details.findings(true),
    ...kept.findings,
    ...judged.findings,
    ...followHeads(judged.good, last, (sequence) => chain.hashOf(sequence)),
  ];
  const proof = judged.good.findLast((head) => chain.hashOf(head.sequence) === head.hash);
  const { names, texts } = details.erased;
  const erased = names + texts > 0 ? `; erased and said to be: ${names} names, ${texts} texts` : '';
  return {
    kind: 'export',
    chain: file.id,
    records: file.records,
    findings,
    checked: [
      'every record is what its hash was made of',
      'no record is missing, added or moved between others',
      `names, texts and states are what was digested${erased}`,
      ...(trusted.heads === null ? [] : [`the chain goes through ${judged.good.length} heads`]),
      ...(trusted.heads === null || trusted.keys.length === 0 ? [] : ['heads are signed with a given key']),
    ],
    unchecked: [
      ...(trusted.heads === null ? [NO_HEADS] : []),
      ...(trusted.keys.length === 0 ? [NO_KEY] : []),
      ...(trusted.heads === null && trusted.keys.length > 0
        ? [{ check: NO_KEY.check, why: 'there are no heads to look at' }]
        : []),
    ],
    provedUpTo: proof === undefined ? null : { record: proof.sequence, at: proof.at },
    limits: [limitOf(last, proof?.sequence ?? null)],
  };
}

function limitOf(last: number, proved: number | null): string {
  if (proved === null)
    return `no record is covered by a head: who holds the database could have written all ${last} anew`;
  if (proved >= last) return 'every record is covered by a head';
  const which = proved + 1 === last ? `record ${last} is` : `records ${proved + 1} to ${last} are`;
  return `${which} newer than the last head: who holds the database could still change or remove them unseen`;
}

interface ReadExport {
  id: string;
  records: number;
  chain: ChainCheck;
  details: DetailCheck;
  findings: Finding[];
}

async function readExport(
  lines: AsyncIterable<string> | Iterable<string>,
  wanted: ReadonlySet<number>,
): Promise<ReadExport> {
  const findings: Finding[] = [];
  const tell = (code: Finding['code'], record: number | null, message: string): void => {
    findings.push({ code, record, message });
  };
  let begin: JsonObject | null = null;
  let end: JsonObject | null = null;
  let chain = new ChainCheck('', wanted);
  const details = new DetailCheck();
  let number = 0;
  let records = 0;
  for await (const text of lines) {
    number += 1;
    if (text.trim() === '') continue;
    const line = objectIn(text);
    if (number === 1) {
      begin = line;
      chain = new ChainCheck(textIn(line?.['chain']), wanted);
      continue;
    }
    if (line?.['kind'] === 'end' && end === null) {
      end = line;
      continue;
    }
    const entry = line === null ? null : entryIn(line);
    if (entry === null) {
      tell('UNREADABLE', null, `line ${number} is no record of this format`);
      continue;
    }
    if (end !== null) tell('INSERTED', entry.sequence, 'it stands behind the end of the export');
    records += 1;
    chain.take(entry);
    details.take(entry);
  }
  chain.end();
  if (begin?.['kind'] !== 'audit-export' || begin['format'] !== 1)
    tell('UNREADABLE', null, 'the first line is none of an export');
  if (begin !== null && begin['from'] !== 1) tell('EDITED', null, 'the first line does not begin at record 1');
  const announced = Number(begin?.['to'] ?? 0);
  if (announced > chain.last)
    tell('TRUNCATED', chain.last, `the file ends here; its first line announces ${announced} records`);
  if (announced < chain.last) tell('INSERTED', chain.last, `the first line announces ${announced} records only`);
  if (end === null) tell('TRUNCATED', chain.last, 'the file has no last line');
  else if (end['records'] !== announced)
    tell('EDITED', null, 'the first and the last line disagree on how many records there are');
  else if (!chain.endsWith(textIn(end['hash'])))
    tell('EDITED', chain.last, 'it is not the record that the last line ends with');
  return { id: textIn(begin?.['chain']), records, chain, details, findings };
}
