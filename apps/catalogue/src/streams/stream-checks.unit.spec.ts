import { StreamManifest, StreamName } from '@citystreams/contracts';
import { describe, expect, test } from '@jest/globals';
import { canonicalText } from '../schemas/schema-text.js';
import { checkContract, checkPublishers, checkSuccession } from './stream-checks.js';

const stream = StreamName.parse('planning-natural-resources.earthquake-report');
const classification = { level: 'L1', category: 'measurement' };
const contract = {
  type: 'record',
  name: 'EarthquakeReport',
  namespace: 'city.planning_natural_resources',
  doc: 'One earthquake.',
  key: 'id',
  fields: [
    { name: 'id', type: 'string', doc: 'Its id.', classification: { level: 'L1', category: 'identifier' } },
    { name: 'magnitude', type: ['null', 'double'], default: null, doc: 'How strong.', classification },
  ],
};
const extended = (field: object) => ({ ...contract, fields: [...contract.fields, field] });

function accepted(json: unknown) {
  const checked = checkContract(stream, json);
  if (!checked.ok) throw new Error(JSON.stringify(checked.findings));
  return checked.contract.record;
}
function findings(json: unknown) {
  const checked = checkContract(stream, json);
  return checked.ok ? [] : checked.findings.map(({ field }) => field);
}

describe('a contract', () => {
  test('is accepted in the namespace of its owner', () => {
    expect(findings(contract)).toEqual([]);
    expect(
      findings({ ...contract, namespace: undefined, name: 'city.planning_natural_resources.EarthquakeReport' }),
    ).toEqual([]);
  });

  test('is refused in the namespace of somebody else, or in none', () => {
    expect(findings({ ...contract, namespace: 'city.meteorology' })).toEqual(['$.namespace']);
    expect(findings({ ...contract, namespace: undefined })).toEqual(['$.namespace']);
  });

  test('has every problem reported at once', () => {
    const bad = {
      ...contract,
      namespace: 'elsewhere',
      doc: '',
      key: 'number',
      aliases: ['Quake'],
      fields: [{ name: 'id', type: 'string' }, ...contract.fields.slice(1)],
    };
    expect(findings(bad).toSorted()).toEqual(
      ['$.aliases', '$.doc', '$.fields[0].classification', '$.fields[0].doc', '$.key', '$.namespace'].toSorted(),
    );
  });

  test('that is no JSON object is refused without a crash', () => {
    for (const json of [null, 'string', 7, []]) expect(findings(json)).not.toEqual([]);
  });
});

describe('publishers', () => {
  const manifest = (publishers: string[]) =>
    StreamManifest.parse({
      stream,
      title: { en: 'Earthquakes', zh: '地震' },
      sharing: 'conditional',
      retentionDays: 7,
      contact: 'data@example.org',
      publishers,
    });
  const accounts = ['planning-natural-resources.seismology'];

  test('are service accounts that the office of the owner has', () => {
    const { foreign, unknown } = checkPublishers(manifest(accounts), accounts);
    expect([foreign, unknown]).toEqual([[], []]);
  });

  test('are told apart: of another agency, and unknown to the owner', () => {
    const publishers = ['futian.operations', ...accounts, 'planning-natural-resources.ghost'];
    const { foreign, unknown } = checkPublishers(manifest(publishers), accounts);
    expect(foreign.map(({ field }) => field)).toEqual(['$.manifest.publishers[0]']);
    expect(unknown.map(({ field }) => field)).toEqual(['$.manifest.publishers[2]']);
  });
});

describe('a next version', () => {
  const first = { version: 1, text: canonicalText(contract) };
  const depth = { name: 'depth', type: 'double', doc: 'How deep.', classification };

  test('may add a field with a default and drop one with a default', () => {
    expect(checkSuccession([first], accepted(extended({ ...depth, default: 0 })))).toEqual([]);
    expect(checkSuccession([first], accepted({ ...contract, fields: contract.fields.slice(0, 1) }))).toEqual([]);
  });

  test('is compared with every earlier version, and each difference names the version', () => {
    const second = { version: 2, text: canonicalText({ ...contract, fields: contract.fields.slice(0, 1) }) };
    const third = accepted({
      ...contract,
      fields: [contract.fields[0], { ...contract.fields[1], type: 'string', default: '' }],
    });
    const found = checkSuccession([first, second], third);
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toMatch(/^against version 1: .*magnitude/);
  });

  test('is not held up by another spelling of the same names and types', () => {
    const { namespace, name, ...rest } = contract;
    const spelled = accepted({ ...rest, fields: contract.fields, name: `${namespace}.${name}` });
    expect(checkSuccession([first], spelled)).toEqual([]);
  });
});
