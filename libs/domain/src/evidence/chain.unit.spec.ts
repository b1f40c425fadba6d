import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { AuditEntry } from '@citystreams/contracts';
import type { AuditFact } from './audit.fact.js';
import { type ChainEnd, extend, introduce, type KnownActor } from './chain.js';
import { canonicalJson, originOf } from './digests.js';

const CHAIN = '3f6c1a52-9a0b-4c52-8b7e-5f6f2e1d0c9b';
const BEGIN: ChainEnd = { sequence: 0, hash: originOf(CHAIN) };

function counter(): () => string {
  let n = 0;
  return () => (n += 1).toString(16).padStart(32, '0');
}

const fact = (over: Partial<AuditFact> = {}): AuditFact => ({
  actor: { account: 'futian.steward', agency: 'futian', role: 'steward' },
  action: 'request.decided',
  object: { kind: 'request', id: '01JD0000000000000000000000' },
  outcome: 'refused',
  reasonCode: 'NOT_NECESSARY',
  before: { state: 'PENDING_OWNER' },
  after: { state: 'REFUSED' },
  texts: { text: '不需要', legalGround: null },
  request: null,
  at: new Date('2026-03-01T08:00:00.000Z'),
  ...over,
});

function chainOf(facts: readonly AuditFact[]): AuditEntry[] {
  const draw = counter();
  const actors = new Map<string, KnownActor>();
  for (const { actor } of facts) actors.set(actor.account, introduce(actor.account, draw));
  return extend(BEGIN, facts, (account) => actors.get(account) as KnownActor, draw);
}

const hex = (...parts: (string | Buffer)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

describe('a chain', () => {
  test('counts its records without a gap, each bound to the one before', () => {
    const entries = chainOf([fact(), fact({ outcome: 'approved' }), fact()]);
    expect(entries.map((e) => e.record.sequence)).toEqual([1, 2, 3]);
    expect(entries.map((e) => e.previous)).toEqual([hex(CHAIN), entries[0]?.hash, entries[1]?.hash]);
    for (const entry of entries) expect(AuditEntry.parse(entry)).toEqual(entry);
  });

  test('is made as its format says, down to the byte', () => {
    const [entry] = chainOf([fact()]) as [AuditEntry];
    const { record, previous, hash, beside } = entry;
    const { digests } = record;
    const written =
      `{"action":"request.decided","actor":"${record.actor}","agency":"futian","at":"2026-03-01T08:00:00.000Z",` +
      `"digests":{"after":"${digests.after}","before":"${digests.before}","text.text":"${digests['text.text']}"},` +
      `"format":1,"object":{"id":"01JD0000000000000000000000","kind":"request"},"outcome":"refused",` +
      `"reasonCode":"NOT_NECESSARY","request":null,"role":"steward","salt":"${record.salt}","sequence":1}`;
    expect(canonicalJson(record)).toBe(written);
    expect(hash).toBe(hex(Buffer.from(previous, 'hex'), createHash('sha256').update(written).digest()));
    for (const [part, digest] of Object.entries({ ...digests, actor: record.actor })) {
      const detail = beside[part];
      expect(digest).toBe(hex(Buffer.from(detail?.salt ?? '', 'hex'), detail?.content ?? ''));
    }
    expect(beside['text.text']?.content).toBe('"不需要"');
  });

  test('holds no name and no text', () => {
    const [entry] = chainOf([fact()]) as [AuditEntry];
    const chained = JSON.stringify({ ...entry, beside: {} });
    for (const secret of ['futian.steward', '不需要', 'PENDING_OWNER']) expect(chained).not.toContain(secret);
  });

  test('knows one account by one id, and the same text by another digest each time', () => {
    const [one, two] = chainOf([fact(), fact()]) as [AuditEntry, AuditEntry];
    expect(one.record.actor).toBe(two.record.actor);
    expect(one.record.digests['text.text']).not.toBe(two.record.digests['text.text']);
  });

  test('keeps what people wrote as it is, whatever it holds', () => {
    const text = 'a\u0000b\ud800<script>';
    const [entry] = chainOf([fact({ texts: { text } })]) as [AuditEntry];
    const content = entry.beside['text.text']?.content ?? '';
    expect(JSON.parse(content)).toBe(text);
    expect(content.isWellFormed()).toBe(true);
    expect(content).not.toContain('\u0000');
  });
});

test('canonical JSON is that of RFC 8785, section 3.2.3', () => {
  const example = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Dalet',
    '1': 'One',
    '\ud83d\ude00': 'Smiley',
    '\u0080': 'Control',
    '\u00f6': 'o',
  };
  expect(Object.values(JSON.parse(canonicalJson(example)) as object)).toEqual([
    'One',
    'Carriage Return',
    'Control',
    'o',
    'Euro Sign',
    'Smiley',
    'Dalet',
  ]);
  expect(() => canonicalJson({ a: '\ud800' })).toThrow('surrogate');
});
