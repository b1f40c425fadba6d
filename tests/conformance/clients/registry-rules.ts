/**
 * What every client must find at a registry without a city's rules: what it would find at the original. By rule, then by
 * step of the clients' programs, which do the same with `scenario.json` in their own words.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from './harness/report.js';

export const SCENARIO_FILE = join(import.meta.dirname, 'scenario.json');

interface Scenario {
  readonly v1: { readonly fields: readonly unknown[] };
  readonly added: unknown;
  readonly event: unknown;
  readonly visitEvent: unknown;
  readonly oddSubject: string;
}
const { v1, added, event, visitEvent, oddSubject } = JSON.parse(readFileSync(SCENARIO_FILE, 'utf8')) as Scenario;

const is = (result: unknown): Outcome => ({ result });
const fails = (status: number, code: number): Outcome => ({ error: { status, code } });

const ADDRESS = 'city.harbour.Address';

export const REGISTRY_RULES = {
  'registers by itself and gets the same id ever after': {
    'round trip': is(event),
    'versions after the first event': is([1]),
    'same id again': is(true),
    'same id without registering': is(true),
    keys: is(true),
  },
  'does not write what nobody registered': {
    'unknown subject without registering': fails(404, 40401),
    'unknown schema without registering': fails(404, 40403),
    'latest version of an unknown subject': fails(404, 40401),
  },
  'uses the latest version and reads old and new events': {
    'latest version is used': is(true),
    'old event for a new reader': is('none'),
    'new event for an old reader': is(true),
    'unknown id': fails(404, 40403),
  },
  'carries the guid in a header instead of the id': {
    'round trip with the guid in a header': is(event),
    'by guid': is(true),
    'ids of a guid': is(true),
    'unknown guid': fails(404, 40403),
  },
  'finds schemas by id, version and text': {
    latest: is(['harbour.arrival-value', 2, true]),
    'by id': is(true),
    'by id and subject': is(true),
    'text by id': is(true),
    'by version': is(true),
    'looked up': is(1),
    'subjects of an id': is(['harbour.arrival-value']),
    'versions of an id': is([['harbour.arrival-value', 2]]),
    'all schemas': is(2),
    types: is(['AVRO']),
    contexts: is(['.']),
  },
  'is told what is not there': {
    'unknown subject': fails(404, 40401),
    'unknown version': fails(404, 40402),
    'unknown schema': fails(404, 40403),
  },
  'is refused what is no Avro schema': {
    'no schema': fails(422, 42201),
    'another language of schemas': fails(422, 42201),
  },
  'writes with references and reads them': {
    'round trip with a reference': is(visitEvent),
    'references of a schema': is([[ADDRESS, ADDRESS, 1]]),
    'referenced by': is(true),
    'looked up with its reference': is(1),
    'reference that is not there': fails(422, 42201),
    'deletion of what is referred to': fails(422, 42206),
  },
  normalises: {
    'same id when normalised': is(true),
    'looked up when normalised': is(1),
    'looked up as it is': is(1),
    'another id as it is': is(false),
    'serializers that normalise agree': is(true),
  },
  'asks what is compatible': {
    compatible: is(true),
    incompatible: is(false),
    'incompatible with one version': is(false),
    'incompatible with any version': is(false),
    'compatible with a subject that is not there': is(true),
    'registering what is incompatible': fails(409, 40901),
    'messages of what is incompatible': is([
      "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'captain' at path '/fields/8' in the new schema has no default value and is missing in the old schema', additionalInfo:'captain'}",
      '{oldSchemaVersion: 2}',
      `{oldSchema: '${JSON.stringify({ ...v1, fields: [...v1.fields, added] })}'}`,
      "{validateFields: 'false', compatibility: 'BACKWARD'}",
    ]),
  },
  'sets levels and takes them back': {
    'global level': is('BACKWARD'),
    'level that is not set': fails(404, 40408),
    'level by default': is('BACKWARD'),
    'level set': is('NONE'),
    'level as it was set': is('NONE'),
    'registering where nothing is compared': is(true),
    'unknown level': fails(422, 42203),
    'level after it was taken back': fails(404, 40408),
    'configuration set': is(['FULL', 'application.major']),
    'configuration as it was set': is(['FULL', 'application.major']),
  },
  'closes a subject and opens it again': {
    'global mode': is('READWRITE'),
    'mode that is not set': fails(404, 40409),
    'registering where one may only read': fails(422, 42205),
    'mode taken back': is('READONLY'),
    'registering again': is(true),
  },
  'finds the latest version with given metadata': {
    'latest with metadata': is(1),
    'metadata nobody has': fails(404, 40403),
  },
  'deletes softly, then for good': {
    'permanent before soft': fails(404, 40407),
    soft: is(1),
    'soft again': fails(404, 40406),
    'versions left': is([2]),
    'deleted but asked for': is(1),
    permanent: is(1),
    'deletion of an unknown subject': fails(404, 40401),
    'subject soft': is([2]),
    'subject soft again': fails(404, 40404),
    'subjects with the deleted': is(true),
    'subjects without the deleted': is(false),
    'version after a deletion': is(3),
    'subject permanent before soft': fails(404, 40405),
    'subject soft with its new version': is([3]),
    'subject permanent': is([2, 3]),
    'subjects at last': is(false),
  },
  'uses a subject with any name': {
    'odd name': is(oddSubject),
    'odd name found': is(true),
    'odd name in the list': is(true),
    'odd name of an id': is(true),
    'odd name compared': is(true),
    'odd name configured': is('FULL'),
    'odd name deleted': is([1]),
    'strange prefix': is([]),
  },
  'sets a level at the first registration and keeps to it': {
    'registering with a level': is(true),
    'registering again with this level': is(true),
    'registering with another level than was set': is('Compatibility does not match the configuration (NONE != FULL)'),
    'message of an unknown subject': is("Confluent_Schema_Registry - Subject 'unknown' not found."),
    'message of an unknown schema': is('Confluent_Schema_Registry - Schema not found'),
  },
  'registers once however many register at once': {
    'ids of many at once': is(1),
    'versions of many at once': is([1]),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Outcome>>>>;

type Rules = typeof REGISTRY_RULES;
export type Step = { [Rule in keyof Rules]: keyof Rules[Rule] }[keyof Rules] & string;
