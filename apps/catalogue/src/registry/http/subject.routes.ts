import { Injectable } from '@nestjs/common';
import type { SubjectVersion } from '../../schemas/schema.model.js';
import { RegistryReader } from '../reading/registry.reader.js';
import { Settings } from '../reading/settings.js';
import { pageOf } from '../reading/versions.js';
import { Deletions } from '../writing/deletions.js';
import { Registrations } from '../writing/registrations.js';
import { registeredAnswer } from './answers.js';
import { EXAMPLE, LIST, NOT_FOUND, SCHEMA_BODY } from './examples.js';
import { KeptAnswers } from './kept-answers.js';
import { readSchemaRequest } from './registry-payloads.js';
import { type Call, inContext, type Route, subjectOf } from './route.js';

const DELETED = { deleted: 'also versions that were deleted softly' };
const FORMAT = { format: '`resolved`: with what it refers to written out' };
const NORMALIZE = { normalize: 'compare and store the schema in its normal form' };

@Injectable()
export class SubjectRoutes {
  constructor(
    private readonly reader: RegistryReader,
    private readonly registrations: Registrations,
    private readonly deletions: Deletions,
    private readonly settings: Settings,
    private readonly kept: KeptAnswers,
  ) {}

  readonly routes: readonly Route[] = [
    {
      method: 'GET',
      path: '/subjects',
      description: {
        summary: 'Subjects by name',
        query: { subjectPrefix: 'how their names begin; `:*:` for all', ...LIST, deletedOnly: 'deleted ones only' },
        example: ['meteorology.weather-observation-value'],
      },
      answer: ({ sight, query, params }) => {
        const prefix = query.has('subjectPrefix') ? query.text('subjectPrefix') : ':*:';
        const context = params['context'] ?? '';
        const which = query.flag('deletedOnly') ? 'deleted' : query.flag('deleted') ? 'all' : 'live';
        const scope = context === '' ? prefix : inContext(context, prefix.replace(/^:\*:/, ''));
        return pageOf(this.reader.subjects(sight, scope, which), query.page());
      },
    },
    {
      method: 'POST',
      path: '/subjects/:subject',
      description: {
        summary: 'The version of a subject that is a given schema',
        query: { ...NORMALIZE, ...DELETED, ...FORMAT },
        body: SCHEMA_BODY,
        example: EXAMPLE.version,
        errors: NOT_FOUND.schema,
      },
      answer: (call) => {
        const { query, body, sight } = call;
        const options = { normalize: query.flag('normalize'), deleted: query.flag('deleted') };
        const found = this.reader.find(sight, this.subject(call), readSchemaRequest(body), options);
        return this.shown(call, found);
      },
    },
    {
      method: 'DELETE',
      path: '/subjects/:subject',
      description: {
        summary: 'Deletes a subject, softly or, after that, for good',
        query: { permanent: 'for good' },
        example: [1, 2],
        errors: NOT_FOUND.subjectToDelete,
      },
      answer: (call) => this.deletions.deleteSubject(call.caller, this.subject(call), call.query.flag('permanent')),
    },
    {
      method: 'GET',
      path: '/subjects/:subject/metadata',
      description: {
        summary: 'The latest version whose metadata has given properties',
        query: { key: 'name of a property; repeated', value: 'its value; repeated', ...DELETED, ...FORMAT },
        example: EXAMPLE.version,
        errors: NOT_FOUND.schema,
      },
      answer: (call) => {
        const { query, sight } = call;
        const values = query.list('value');
        const wanted = new Map(query.list('key').flatMap((key, i) => (i < values.length ? [[key, values[i]!]] : [])));
        const found = this.reader.latestWith(sight, this.subject(call), wanted, query.flag('deleted'));
        return this.shown(call, found);
      },
    },
    {
      method: 'GET',
      path: '/subjects/:subject/versions',
      description: {
        summary: 'Numbers of the versions of a subject',
        query: {
          ...LIST,
          deletedOnly: 'deleted ones only',
          deletedAsNegative: 'deleted ones too, as negative numbers',
        },
        example: [1, 2],
        errors: NOT_FOUND.subject,
      },
      answer: (call) => {
        const { query, sight } = call;
        const negative = query.flag('deletedAsNegative');
        const only = query.flag('deletedOnly');
        const seen = only || query.flag('deleted') ? 'all' : 'live';
        // Whether the subject is there is asked as without `deletedAsNegative`: as in the original.
        this.reader.versions(sight, this.subject(call), seen);
        const which = negative ? 'all' : only ? 'deleted' : seen;
        const versions = this.reader.versions(sight, this.subject(call), which);
        const numbers = versions.map(({ version, deleted }) => (negative && deleted ? -version : version));
        return pageOf(numbers, query.page());
      },
    },
    {
      method: 'POST',
      path: '/subjects/:subject/versions',
      description: {
        summary: 'Registers a schema, or says the id of one that is registered',
        query: { ...NORMALIZE, force: 'compatible or not (not on subjects of streams)' },
        body: SCHEMA_BODY,
        example: EXAMPLE.registered,
        errors: NOT_FOUND.registering,
      },
      answer: async (call) => {
        const { query, body, caller } = call;
        const options = { normalize: query.flag('normalize'), force: query.flag('force') };
        return registeredAnswer(
          await this.registrations.register(caller, this.subject(call), readSchemaRequest(body), options),
        );
      },
    },
    {
      method: 'GET',
      path: '/subjects/:subject/versions/:version',
      description: {
        summary: 'A version of a subject by its number, or `latest`',
        query: { ...DELETED, ...FORMAT },
        example: EXAMPLE.version,
        errors: NOT_FOUND.version,
      },
      answer: (call) => {
        const found = this.version(call);
        return this.kept.of(found, 'version', call.query.text('format'));
      },
    },
    {
      method: 'DELETE',
      path: '/subjects/:subject/versions/:version',
      description: {
        summary: 'Deletes a version, softly or, after that, for good',
        query: { permanent: 'for good' },
        example: 1,
        errors: NOT_FOUND.versionToDelete,
      },
      answer: (call) => {
        const { caller, params, query } = call;
        return this.deletions.deleteVersion(
          caller,
          this.subject(call),
          params['version'] ?? '',
          query.flag('permanent'),
        );
      },
    },
    {
      method: 'GET',
      path: '/subjects/:subject/versions/:version/schema',
      description: {
        summary: 'The schema of a version alone',
        query: { ...DELETED, ...FORMAT },
        example: EXAMPLE.schema,
        errors: NOT_FOUND.version,
      },
      answer: (call) => {
        const found = this.version(call);
        return this.kept.of(found, 'schema', call.query.text('format'));
      },
    },
    {
      method: 'GET',
      path: '/subjects/:subject/versions/:version/referencedby',
      description: {
        summary: 'Ids of the schemas that name types of a version',
        query: LIST,
        example: [3],
        errors: NOT_FOUND.version,
      },
      answer: (call) => {
        const { sight, params, query } = call;
        const ids = this.reader.referencedBy(sight, this.subject(call), params['version'] ?? '', query.flag('deleted'));
        return pageOf(ids, query.page(), MOST_SCHEMAS);
      },
    },
  ];

  private subject(call: Call): string {
    return this.settings.aliased(subjectOf(call));
  }

  private version(call: Call): SubjectVersion {
    const { sight, params, query } = call;
    return this.reader.version(sight, this.subject(call), params['version'] ?? '', query.flag('deleted'));
  }

  /** Without a tag: the answer to another question may be another version. */
  private shown(call: Call, found: SubjectVersion): string {
    return this.kept.of(found, 'version', call.query.text('format')).text;
  }
}

/** Of one answer, as in the original. */
export const MOST_SCHEMAS = 1_000;
