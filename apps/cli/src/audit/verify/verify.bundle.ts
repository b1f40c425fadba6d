/** The evidence bundle of one entitlement: its records, and the way from each to a published head. */
import { DetailCheck } from './detail.check.js';
import {
  beginningOf,
  digestOf,
  entryIn,
  follow,
  type Head,
  headIn,
  isHash,
  isObject,
  type Json,
  type JsonObject,
  textIn,
} from './format.js';
import type { Finding, Report, Unchecked } from './findings.js';
import { judgeHeads, readHeads } from './head.check.js';
import { NO_KEY, type Trusted } from './verify.export.js';

export function verifyBundle(bundle: JsonObject, trusted: Trusted): Report {
  const chain = textIn(bundle['chain']);
  const findings: Finding[] = [];
  const details = new DetailCheck();
  const walks = (Array.isArray(bundle['segments']) ? bundle['segments'] : []).map((s) => walk(s, chain, details));
  if (bundle['format'] !== 1 || walks.length === 0) {
    findings.push({ code: 'UNREADABLE', record: null, message: 'this is no evidence bundle of a known format' });
  }
  let last = 0;
  for (const { from, to } of walks) {
    if (from <= last)
      findings.push({ code: 'REORDERED', record: from, message: 'its stretch lies before the one above it' });
    last = to;
  }
  const kept = trusted.heads === null ? { heads: [], findings: [] } : readHeads(trusted.heads);
  const own = walks.flatMap(({ head }) => head ?? []);
  const judgedOwn = judgeHeads(own, chain, trusted.keys);
  const judgedKept = judgeHeads(kept.heads, chain, trusted.keys);
  const compared = headsChecked(judgedOwn.good, trusted.heads === null ? null : judgedKept.good);
  const records = walks.reduce((sum, w) => sum + w.records.length, 0);
  const open = walks.filter((w) => w.head === null).flatMap((w) => w.records);
  const proof = judgedOwn.good.at(-1);
  return {
    kind: 'bundle',
    chain,
    records,
    findings: [
      ...findings,
      ...walks.flatMap((w) => w.findings),
      ...details.findings(false),
      ...kept.findings,
      ...judgedOwn.findings,
      ...judgedKept.findings,
      ...disputed(judgedOwn.good, judgedKept.good),
    ],
    checked: [
      'every record is what its hash was made of, and leads to its head',
      'names, texts and states are what was digested',
      ...(trusted.keys.length === 0 ? [] : ['heads are signed with a given key']),
      ...compared.checked,
    ],
    unchecked: [
      ...(trusted.keys.length === 0 ? [NO_KEY] : []),
      ...compared.unchecked,
      {
        check: 'whether the bundle holds every record of the entitlement',
        why: 'only an export of the whole chain shows that',
      },
      {
        check: 'the copies of entitlement, requests and receipts',
        why: 'they are for reading; what was recorded is in the segments',
      },
      ...(details.absent > 0
        ? [
            {
              check: `${details.absent} names, texts or states that are absent`,
              why: 'only an export shows the erasures',
            },
          ]
        : []),
    ],
    provedUpTo: proof === undefined ? null : { record: proof.sequence, at: proof.at },
    limits:
      open.length === 0
        ? ['every record is covered by a head']
        : [
            `no head was published since record ${open.join(', ')}: who holds the database could still change that unseen`,
          ],
  };
}

interface Walk {
  from: number;
  to: number;
  /** Numbers of the records that it shows. */
  records: number[];
  head: Head | null;
  findings: Finding[];
}

/** From the segment's first hash, step by step, to its head. */
function walk(value: Json, chain: string, details: DetailCheck): Walk {
  const segment = isObject(value) ? value : {};
  const { from, previous, items, head: said } = segment;
  const it: Walk = { from: Number(from), to: Number(from) - 1, records: [], head: null, findings: [] };
  const tell = (code: Finding['code'], record: number | null, message: string): void => {
    it.findings.push({ code, record, message });
  };
  if (!Number.isSafeInteger(from) || !isHash(previous) || !Array.isArray(items)) {
    tell('UNREADABLE', null, 'a segment of the bundle is not of this format');
    return it;
  }
  if (from === 1 && previous !== beginningOf(chain))
    tell('EDITED', 1, 'it does not begin the chain that the bundle names');
  let hash = previous;
  let sure = true;
  for (const item of items) {
    it.to += 1;
    if (isObject(item) && item['kind'] === 'passed' && isHash(item['digest'])) {
      hash = follow(hash, item['digest']);
      continue;
    }
    const entry = isObject(item) ? entryIn(item) : null;
    if (entry === null) {
      tell('UNREADABLE', it.to, 'it is no record of this format');
      sure = false;
      continue;
    }
    it.records.push(entry.sequence);
    details.take(entry);
    if (entry.sequence !== it.to) {
      tell(entry.sequence > it.to ? 'DELETED' : 'INSERTED', it.to, `record ${entry.sequence} stands in its place`);
    }
    if (entry.previous !== hash) tell('EDITED', entry.sequence, 'it does not follow what stands before it');
    hash = follow(entry.previous, digestOf(entry.record));
    if (hash !== entry.hash) {
      tell('EDITED', entry.sequence, 'its content is not what its hash was made of');
      sure = false;
      hash = entry.hash;
    }
  }
  if (said === null || said === undefined) return it;
  it.head = isObject(said) ? headIn(said) : null;
  if (it.head === null) tell('UNREADABLE', it.to, 'the head of its segment is no head');
  else if (it.head.sequence !== it.to || (it.head.hash !== hash && sure)) {
    tell('REWRITTEN', it.to, `the stretch from record ${it.from} does not lead to its head`);
  }
  return it;
}

/** Heads of the bundle beside others for the same place that somebody kept. */
function disputed(own: readonly Head[], kept: readonly Head[]): Finding[] {
  const known = new Map(kept.map(({ sequence, hash }) => [sequence, hash]));
  return own
    .filter(({ sequence, hash }) => known.has(sequence) && known.get(sequence) !== hash)
    .map(({ sequence, at }) => ({
      code: 'REWRITTEN',
      record: sequence,
      message: `the head of ${at} in the bundle is not the one that was kept`,
    }));
}

/** Nobody is accused for a head that the reader's file does not go back to. */
function headsChecked(
  own: readonly Head[],
  kept: readonly Head[] | null,
): { checked: string[]; unchecked: Unchecked[] } {
  if (kept === null) {
    return {
      checked: [],
      unchecked: [
        { check: 'whether the heads in the bundle are the published ones', why: 'no heads were given (--heads)' },
      ],
    };
  }
  const known = new Set(kept.map(({ sequence }) => sequence));
  const found = own.filter(({ sequence }) => known.has(sequence)).length;
  const rest = own.length - found;
  return {
    checked: [`${found} heads in the bundle are those that were kept`],
    unchecked:
      rest === 0 ? [] : [{ check: `${rest} heads in the bundle`, why: 'the heads file has none for these records' }],
  };
}
