/** What the descriptions of routes have in common. */

const GUID = '0b7a7e52-3f4c-2d6e-9b61-6d1c2a3f4e5b';
const TEXT =
  '{"type":"record","name":"WeatherObservation","namespace":"city.meteorology","doc":"One observation.","fields":[{"name":"station","type":"string"}]}';
const SUBJECT = 'meteorology.weather-observation-value';

export const EXAMPLE = {
  schema: JSON.parse(TEXT) as unknown,
  registered: { id: 1, version: 1, guid: GUID, schemaType: 'AVRO', schema: TEXT },
  version: {
    subject: SUBJECT,
    version: 1,
    id: 1,
    guid: GUID,
    schemaType: 'AVRO',
    schema: TEXT,
    ts: 1_764_000_000_000,
    deleted: false,
  },
  byId: {
    subject: SUBJECT,
    version: 1,
    guid: GUID,
    schemaType: 'AVRO',
    schema: TEXT,
    ts: 1_764_000_000_000,
    deleted: false,
  },
} as const;

export const LIST = {
  deleted: 'also what was deleted softly',
  offset: 'how many to pass over',
  limit: 'how many at most',
} as const;

export const SCHEMA_BODY = {
  description:
    'A schema as JSON text; `references`, `metadata`, `schemaType` (only AVRO), `version` and `id` may be there.',
  example: { schemaType: 'AVRO', schema: TEXT, references: [] },
};
export const CONFIG_BODY = {
  description: 'Members to change; null takes one back.',
  example: { compatibility: 'FULL_TRANSITIVE' },
};
export const MODE_BODY = { description: 'READWRITE, READONLY, IMPORT or null.', example: { mode: 'READWRITE' } };

const SUBJECT_NOT_FOUND = { 40401: 'there is no such subject, or it may not be read' };
const VERSION_NOT_FOUND = { 40402: 'the subject has no such version', 42202: 'no number of a version' };
const SCHEMA_NOT_FOUND = { 40403: 'there is no such schema, or it may not be read' };
const INVALID_SCHEMA = { 42201: 'no valid Avro schema; on a subject of a stream: no contract' };
const DENIED = { 40301: 'others write this subject', 42205: 'the mode, or what the subject is, forbids it' };

export const NOT_FOUND = {
  subject: SUBJECT_NOT_FOUND,
  version: { ...SUBJECT_NOT_FOUND, ...VERSION_NOT_FOUND },
  schema: { ...SUBJECT_NOT_FOUND, ...SCHEMA_NOT_FOUND, ...INVALID_SCHEMA },
  id: SCHEMA_NOT_FOUND,
  subjectToDelete: {
    ...SUBJECT_NOT_FOUND,
    40404: 'it was deleted softly before',
    40405: 'it was not deleted softly before',
    ...DENIED,
    42206: 'another schema refers to it',
  },
  versionToDelete: {
    ...SUBJECT_NOT_FOUND,
    ...VERSION_NOT_FOUND,
    40406: 'it was deleted softly before',
    40407: 'it was not deleted softly before',
    ...DENIED,
    42206: 'another schema refers to it',
  },
  registering: {
    ...DENIED,
    40901: 'it may not follow the versions before it',
    ...INVALID_SCHEMA,
    42208: 'no subject can have this name',
    42209: 'it is too large',
  },
  compatibility: { ...VERSION_NOT_FOUND, ...INVALID_SCHEMA },
  config: { 40408: 'nothing is set for this subject' },
  mode: { 40409: 'nothing is set for this subject' },
  configuring: { ...SUBJECT_NOT_FOUND, ...DENIED, 42203: 'no such level', 42204: 'no such mode' },
};
