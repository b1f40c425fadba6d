import { type Reclassification, StreamName } from '@citystreams/contracts';
import { describe, expect, test } from '@jest/globals';
import { contractChanges } from './contract.changes.js';
import { type Contract, parseContract } from './contract.js';
import { checkLevels, checkSuccession, parseStreamContract } from './stream-contract.js';

const stream = StreamName.parse('bao-an.ferry-arrival');
const field = (name: string, more: object = {}) => ({
  name,
  type: 'string',
  doc: `The ${name}.`,
  classification: { level: 'L2', category: 'identifier' },
  ...more,
});
const contract = (fields: object[], more: object = {}): Contract => {
  const record = {
    type: 'record',
    name: 'Arrival',
    namespace: 'city.bao_an',
    doc: 'One.',
    key: 'ship',
    fields,
    ...more,
  };
  const parsed = parseContract(record);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
  return parsed.contract;
};
const at = (level: string): object => ({ classification: { level, category: 'identifier' } });

describe('what a version changes', () => {
  const before = contract([field('ship'), field('berth', { default: '' })]);
  const texts = (after: Contract): string[] =>
    contractChanges(before, after).map(({ kind, text }) => `${kind}: ${text}`);

  test('is nothing where only spelling differs', () => {
    expect(texts(contract([field('ship'), field('berth', { default: '' })]))).toEqual([]);
  });

  test('is told field by field, in the order of the contract, dropped ones last', () => {
    const after = contract(
      [
        field('ship', { doc: 'Its name.', ...at('L3'), concept: 'ship' }),
        field('cargo', { default: 'none', type: ['string', 'null'], ...at('L1') }),
      ],
      { doc: 'One arrival.' },
    );
    expect(texts(after)).toEqual([
      'meaning: says of the event: One arrival.',
      'raised: its level is L3, was L2',
      'raised: ship is L3, was L2',
      'meaning: ship means ship, was none',
      'meaning: says of ship: Its name.',
      'added: adds cargo (string | null, L1 identifier, default "none")',
      'dropped: drops berth (string, L2)',
    ]);
  });

  test('tells defaults and types', () => {
    expect(texts(contract([field('ship'), field('berth', { type: 'int', default: 0 })]))).toEqual([
      'type: berth is int, was string',
      'default: berth has the default 0, had ""',
    ]);
  });
});

describe('a level', () => {
  const decided = (more: Partial<Reclassification> = {}): Reclassification[] => [
    {
      stream,
      field: 'ship',
      from: 'L3',
      to: 'L1',
      decider: 'Zhong Lihua',
      date: '2026-11-23',
      reason: 'public',
      ...more,
    },
  ];
  const v1 = contract([field('ship', at('L3'))]);
  const v2 = contract([field('ship', at('L1'))]);
  const findings = (earlier: Contract[], newer: Contract, known: Reclassification[]): string[] =>
    checkLevels(
      stream,
      earlier.map(({ fields }) => fields),
      newer,
      known,
    ).map(({ field: path }) => path);

  test('is lowered where somebody decided exactly that, and raised by anybody', () => {
    expect(findings([v1], v2, [])).toEqual(['$.fields[0].classification.level']);
    expect(findings([v1], v2, decided())).toEqual([]);
    expect(findings([v1], v2, decided({ from: 'L2' }))).toHaveLength(1);
    expect(findings([v1], v2, decided({ field: 'berth' }))).toHaveLength(1);
    expect(findings([v1], v2, decided({ stream: StreamName.parse('futian.other') }))).toHaveLength(1);
    expect(findings([v2], v1, [])).toEqual([]);
  });

  test('is held against the newest version that has the field, also when it was away', () => {
    const without = contract([field('berth', at('L1'))], { key: 'berth' });
    expect(findings([v1, without], v2, [])).toHaveLength(1);
    expect(findings([v1, v2], contract([field('ship', at('L1'))]), [])).toEqual([]);
  });

  test('inside a record is as much a level as outside', () => {
    const nested = (level: string): Contract =>
      contract([
        field('ship'),
        field('place', { type: { type: 'record', name: 'Place', fields: [field('x', at(level))] } }),
      ]);
    expect(findings([nested('L4')], nested('L2'), [])).toEqual(['$.fields[1].type.fields[0].classification.level']);
  });

  test('and compatibility are told together', () => {
    const bad = contract([field('ship', at('L1')), field('flag')]);
    const all = checkSuccession(stream, [{ version: 1, contract: v1 }], bad, []);
    expect(all.map(({ field: path }) => path)).toEqual(['$.fields[1]', '$.fields[0].classification.level']);
    for (const { fix } of all) expect(fix).toBeTruthy();
  });
});

test('a contract stands in the namespace of its owner', () => {
  const record = JSON.parse(contract([field('ship')]).schema) as Record<string, unknown>;
  expect(parseStreamContract(stream, record).ok).toBe(true);
  const elsewhere = parseStreamContract(stream, { ...record, namespace: 'city.futian' });
  expect(elsewhere).toMatchObject({
    ok: false,
    findings: [{ field: '$.namespace', fix: '"namespace": "city.bao_an"' }],
  });
});
