/** Chains as the service writes them, tampered with in every way that the verifier promises to name. */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { AuditEntry, AuditHead } from '@citystreams/contracts';
import { type AuditFact, extend, introduce, type KnownActor, openSigner, originOf } from '@citystreams/domain';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FindingCode, Report } from './findings.js';
import { digestOf, follow, type JsonObject, trustedKey } from './format.js';
import { verifyExport } from './verify.export.js';

const CHAIN = '3f6c1a52-9a0b-4c52-8b7e-5f6f2e1d0c9b';
const newKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const KEY = newKey();
const OTHER_KEY = newKey();
const publicOf = (pem: string): string =>
  createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'pem' }).toString();
const TRUSTED = trustedKey(publicOf(KEY));
const START = Date.parse('2026-03-01T08:00:00Z');

/** An export and the heads that somebody kept, both still open to change. */
interface Evidence {
  begin: JsonObject;
  entries: AuditEntry[];
  end: JsonObject | null;
  heads: AuditHead[];
}

function write(facts: readonly AuditFact[], headAt: readonly number[]): Evidence {
  let n = 0;
  const draw = (): string => (n += 1).toString(16).padStart(32, '0');
  const actors = new Map<string, KnownActor>();
  for (const { actor } of facts)
    if (!actors.has(actor.account)) actors.set(actor.account, introduce(actor.account, draw));
  const begin = { sequence: 0, hash: originOf(CHAIN) };
  const entries = extend(begin, facts, (account) => actors.get(account) as KnownActor, draw);
  const heads = headAt.map((sequence) => {
    const hash = entries[sequence - 1]?.hash ?? '';
    return openSigner(KEY).sign({ chain: CHAIN, sequence, hash }, new Date(START + sequence * 60_000));
  });
  return frame({ begin: {}, entries, end: {}, heads });
}

/** First and last line as they belong to the records. */
const frame = (evidence: Evidence): Evidence => ({
  ...evidence,
  begin: { kind: 'audit-export', format: 1, chain: CHAIN, from: 1, to: evidence.entries.length },
  end: { kind: 'end', records: evidence.entries.length, hash: evidence.entries.at(-1)?.hash ?? '' },
});

/** What somebody who knows the format does afterwards: numbers, hashes, first and last line fit again. */
function cover(evidence: Evidence): Evidence {
  let previous = originOf(CHAIN);
  const entries = evidence.entries.map((entry, index): AuditEntry => {
    const record = { ...entry.record, sequence: index + 1 };
    const hash = follow(previous, digestOf(record));
    const covered = { ...entry, record, previous, hash };
    previous = hash;
    return covered;
  });
  return frame({ ...evidence, entries });
}

/** The record's own hash is made to fit. */
function own(entry: AuditEntry): AuditEntry {
  return { ...entry, hash: follow(entry.previous, digestOf(entry.record)) };
}

const verify = ({ begin, entries, end, heads }: Evidence, keys = [TRUSTED]): Promise<Report> =>
  verifyExport(
    [begin, ...entries, ...(end === null ? [] : [end])].map((line) => JSON.stringify(line)),
    { heads: heads.map((head) => JSON.stringify(head)).join('\n'), keys },
  );

const account = fc.constantFrom('futian.steward', 'bao-an.steward', 'policy 3', 'cdo');
const facts = fc.array(
  fc.record({
    actor: fc.record({ account, agency: fc.constantFrom('futian', 'bao-an'), role: fc.constant('steward' as const) }),
    action: fc.constantFrom('request.decided' as const, 'entitlement.state' as const),
    object: fc.record({ kind: fc.constant('request' as const), id: fc.string({ unit: 'grapheme', maxLength: 8 }) }),
    outcome: fc.constantFrom('approved', 'refused'),
    reasonCode: fc.option(fc.constant('NOT_NECESSARY')),
    before: fc.json(),
    texts: fc.record({ text: fc.string({ unit: 'binary', maxLength: 12 }) }),
    request: fc.constant(null),
    at: fc.date({ min: new Date(START), max: new Date(START + 86_400_000), noInvalidDate: true }),
  }),
  { minLength: 4, maxLength: 16 },
);
/** With heads of some records, and always one of the last. */
const evidence = fc.tuple(facts, fc.infiniteStream(fc.boolean())).map(([list, picks]) =>
  write(
    list,
    list.map((_, i) => i + 1).filter((s) => s === list.length || picks.next().value),
  ),
);

/** A place in the chain: none of the last two, so that something follows. */
const place = fc.nat({ max: 1_000 });
const at = ({ entries }: Evidence, n: number): number => n % (entries.length - 2);

const entryAt = ({ entries }: Evidence, index: number): AuditEntry => entries[index] as AuditEntry;
const put = (e: Evidence, index: number, entry: AuditEntry): Evidence => ({
  ...e,
  entries: e.entries.with(index, entry),
});

const edits: Record<string, (entry: AuditEntry) => AuditEntry> = {
  outcome: (e) => ({ ...e, record: { ...e.record, outcome: 'changed' } }),
  agency: (e) => ({ ...e, record: { ...e.record, agency: 'nanshan' } }),
  actor: (e) => ({ ...e, record: { ...e.record, actor: 'ab'.repeat(32) } }),
  time: (e) => ({ ...e, record: { ...e.record, at: '2020-01-01T00:00:00.000Z' } }),
  'a digest': (e) => ({ ...e, record: { ...e.record, digests: { ...e.record.digests, before: '00'.repeat(32) } } }),
  'a member more': (e) => ({ ...e, record: { ...e.record, note: 'x' } as AuditEntry['record'] }),
};

interface Tampering {
  does: string;
  /** Any of these names it. */
  named: readonly FindingCode[];
  to(evidence: Evidence, n: number): Evidence;
  /** Number of the record that the finding is about. */
  record?(evidence: Evidence, n: number): number;
}

const tamperings: Tampering[] = [
  ...Object.entries(edits).map(
    ([what, edit]): Tampering => ({
      does: `edits ${what} of a record`,
      named: ['EDITED'],
      to: (e, n) => put(e, at(e, n), edit(entryAt(e, at(e, n)))),
      record: (e, n) => at(e, n) + 1,
    }),
  ),
  {
    does: 'edits a record and makes its hash anew',
    named: ['EDITED'],
    to: (e, n) =>
      put(e, at(e, n), own({ ...entryAt(e, at(e, n)), record: { ...entryAt(e, at(e, n)).record, outcome: 'x' } })),
    record: (e, n) => at(e, n) + 1,
  },
  {
    does: 'edits a record and makes every hash anew',
    named: ['REWRITTEN'],
    to: (e, n) =>
      cover(put(e, at(e, n), { ...entryAt(e, at(e, n)), record: { ...entryAt(e, at(e, n)).record, outcome: 'x' } })),
  },
  {
    does: 'edits a hash',
    named: ['EDITED'],
    to: (e, n) => put(e, at(e, n), { ...entryAt(e, at(e, n)), hash: 'cd'.repeat(32) }),
    record: (e, n) => at(e, n) + 1,
  },
  {
    does: 'removes a record',
    named: ['DELETED'],
    to: (e, n) => ({ ...e, entries: e.entries.toSpliced(at(e, n), 1) }),
    record: (e, n) => at(e, n) + 1,
  },
  {
    does: 'removes a record and makes every hash anew',
    named: ['REWRITTEN', 'TRUNCATED'],
    to: (e, n) => cover({ ...e, entries: e.entries.toSpliced(at(e, n), 1) }),
  },
  {
    does: 'adds a record whose own hash fits',
    named: ['INSERTED'],
    to: (e, n) => {
      const made = own({ ...entryAt(e, at(e, n)), record: { ...entryAt(e, at(e, n)).record, outcome: 'x' } });
      return { ...e, entries: e.entries.toSpliced(at(e, n) + (n % 2), 0, made) };
    },
    record: (e, n) => at(e, n) + 1,
  },
  {
    does: 'adds a record with a number from elsewhere',
    named: ['INSERTED'],
    to: (e, n) => {
      const one = entryAt(e, at(e, n));
      const made = own({ ...one, record: { ...one.record, sequence: e.entries.length + 40 } });
      return { ...e, entries: e.entries.toSpliced(at(e, n), 0, made) };
    },
  },
  {
    does: 'adds a record and makes every hash anew',
    named: ['REWRITTEN'],
    to: (e, n) => cover({ ...e, entries: e.entries.toSpliced(at(e, n), 0, entryAt(e, at(e, n))) }),
  },
  {
    does: 'swaps two records that follow each other',
    named: ['REORDERED'],
    to: (e, n) => {
      const i = at(e, n);
      return { ...e, entries: e.entries.toSpliced(i, 2, entryAt(e, i + 1), entryAt(e, i)) };
    },
  },
  {
    does: 'moves a record to the end',
    named: ['REORDERED'],
    to: (e, n) => ({ ...e, entries: [...e.entries.toSpliced(at(e, n), 1), entryAt(e, at(e, n))] }),
    record: (e, n) => at(e, n) + 1,
  },
  {
    does: 'moves the last record to the front',
    named: ['REORDERED'],
    to: (e) => ({ ...e, entries: [entryAt(e, e.entries.length - 1), ...e.entries.slice(0, -1)] }),
    record: (e) => e.entries.length,
  },
  {
    does: 'swaps two records and makes every hash anew',
    named: ['REWRITTEN'],
    to: (e, n) => {
      const i = at(e, n);
      return cover({ ...e, entries: e.entries.toSpliced(i, 2, entryAt(e, i + 1), entryAt(e, i)) });
    },
  },
  { does: 'cuts off the last line', named: ['TRUNCATED'], to: (e) => ({ ...e, end: null }) },
  {
    does: 'cuts off the end',
    named: ['TRUNCATED'],
    to: (e, n) => ({ ...e, entries: e.entries.slice(0, at(e, n)), end: null }),
  },
  {
    does: 'cuts off the end and writes first and last line anew',
    named: ['TRUNCATED'],
    to: (e, n) => frame({ ...e, entries: e.entries.slice(0, at(e, n)) }),
  },
  {
    does: 'writes something that was said anew',
    named: ['DETAIL_EDITED'],
    to: (e, n) => beside(e, n, (d) => ({ ...d, 'text.text': { salt: '00'.repeat(16), content: '"I never said so"' } })),
    record: (e, n) => at(e, n) + 1,
  },
  {
    does: 'puts another name to a record',
    named: ['DETAIL_EDITED'],
    to: (e, n) => beside(e, n, (d) => ({ ...d, actor: { ...d['actor'], content: '"nobody"' } as never })),
    record: (e, n) => at(e, n) + 1,
  },
  {
    does: 'adds a text that nobody wrote',
    named: ['DETAIL_EDITED'],
    to: (e, n) => beside(e, n, (d) => ({ ...d, 'text.more': { salt: '00'.repeat(16), content: '"x"' } })),
    record: (e, n) => at(e, n) + 1,
  },
  {
    does: 'takes a text away and erases nothing',
    named: ['DETAIL_MISSING'],
    to: (e, n) => beside(e, n, ({ 'text.text': _text, ...rest }) => rest),
    record: (e, n) => at(e, n) + 1,
  },
  {
    does: 'forges a head',
    named: ['FORGED_HEAD'],
    to: (e, n) => head(e, n, (h) => ({ ...h, hash: 'ef'.repeat(32) })),
  },
  {
    does: 'moves a head to another record',
    named: ['FORGED_HEAD'],
    to: (e, n) => head(e, n, (h) => ({ ...h, sequence: h.sequence + 1 })),
  },
  {
    does: 'signs a head with another key',
    named: ['SWAPPED_KEY'],
    to: (e, n) => head(e, n, (h) => openSigner(OTHER_KEY).sign(h, new Date(h.at))),
  },
  {
    does: 'signs a head with another key under the name of the right one',
    named: ['FORGED_HEAD'],
    to: (e, n) => head(e, n, (h) => ({ ...openSigner(OTHER_KEY).sign(h, new Date(h.at)), key: h.key })),
  },
  {
    does: 'signs a head of a chain that was written anew with the right key',
    named: ['FORKED'],
    to: (e) => {
      const last = e.heads.at(-1) as AuditHead;
      return { ...e, heads: [...e.heads, openSigner(KEY).sign({ ...last, hash: '12'.repeat(32) }, new Date(START))] };
    },
  },
  {
    does: 'names another chain',
    named: ['EDITED', 'OTHER_CHAIN'],
    to: (e) => ({ ...e, begin: { ...e.begin, chain: '00000000-0000-4000-8000-000000000000' } }),
  },
];

function beside(e: Evidence, n: number, change: (b: AuditEntry['beside']) => AuditEntry['beside']): Evidence {
  const entry = entryAt(e, at(e, n));
  return put(e, at(e, n), { ...entry, beside: change(entry.beside) });
}

function head(e: Evidence, n: number, change: (head: AuditHead) => AuditHead): Evidence {
  const index = n % e.heads.length;
  return { ...e, heads: e.heads.with(index, change(e.heads[index] as AuditHead)) };
}

const SEED = Number(process.env['PROPERTY_SEED'] ?? Math.floor(Math.random() * 0x7fffffff));
/** Every tampering is tried on each of them. */
const CHAINS = fc.sample(fc.tuple(evidence, place), {
  numRuns: Number(process.env['PROPERTY_RUNS'] ?? 16),
  seed: SEED,
});

describe(`the verifier (chains of seed ${SEED})`, () => {
  test('finds nothing in a chain that nobody touched', async () => {
    for (const [e] of CHAINS) {
      const { findings, provedUpTo, unchecked } = await verify(e);
      expect(findings).toEqual([]);
      expect([provedUpTo?.record, unchecked]).toEqual([e.entries.length, []]);
    }
  });

  test.each(tamperings)('names it when somebody $does', async ({ named, to, record }) => {
    for (const [e, n] of CHAINS) {
      const { findings } = await verify(to(e, n));
      const found = findings.filter((f) => named.includes(f.code));
      expect({ n, findings, named: found.length > 0 }).toMatchObject({ named: true });
      const where = record?.(e, n);
      expect([...found.map((f) => f.record), undefined]).toContain(where);
    }
  });

  test('says which checks it could not make, and what no check can say', async () => {
    const e = write(fc.sample(facts, { numRuns: 1, seed: 1 })[0]!, [2]);
    const bare = await verifyExport(
      [e.begin, ...e.entries, e.end].map((l) => JSON.stringify(l)),
      { heads: null, keys: [] },
    );
    expect(bare.unchecked.map((u) => u.why)).toEqual(['no heads were given (--heads)', 'no key was given (--key)']);
    expect(bare.provedUpTo).toBeNull();
    const withHeads = await verify(e);
    expect(withHeads.provedUpTo?.record).toBe(2);
    expect(withHeads.limits.join()).toContain(`records 3 to ${e.entries.length} are newer than the last head`);
    // The honest limit, seen: behind the last head everything can be written anew, and nothing is found.
    const behind = cover(put(e, 3, { ...entryAt(e, 3), record: { ...entryAt(e, 3).record, outcome: 'x' } }));
    expect((await verify(behind)).findings).toEqual([]);
  });

  test('does not miss a head that is not signed when no key is given: it says so', async () => {
    const e = write(fc.sample(facts, { numRuns: 1, seed: 2 })[0]!, [3]);
    const { findings, unchecked } = await verify(e, []);
    expect([findings, unchecked.map((u) => u.check)]).toEqual([[], ['signatures of heads']]);
  });
});

test('erased names and texts are no tampering where the chain says that they were erased', async () => {
  const base = fc.sample(facts, { numRuns: 1, seed: 3 })[0]!;
  const plain = write(base, []);
  const [first] = plain.entries as [AuditEntry];
  const erasure: AuditFact = {
    ...(base[0] as AuditFact),
    actor: { account: 'platform', agency: 'city-government', role: 'platform' },
    action: 'evidence.erased',
    after: { actors: [first.record.actor], parts: { 'text.text': [1] } },
  };
  const e = write([...base, erasure], [base.length + 1]);
  const erased = e.entries.map((entry): AuditEntry => {
    const { actor: _actor, ...nameless } = entry.beside;
    const { 'text.text': _text, ...silent } = nameless;
    if (entry.record.actor !== first.record.actor) return entry;
    return { ...entry, beside: entry.record.sequence === 1 ? silent : nameless };
  });
  const { findings, checked } = await verify({ ...e, entries: erased });
  expect(findings).toEqual([]);
  expect(checked.join()).toContain('erased and said to be: 1 names, 1 texts');
});
