import { Inject, Injectable } from '@nestjs/common';
import { RegistryReader } from '../reading/registry.reader.js';
import { Settings } from '../reading/settings.js';
import { pageOf } from '../reading/versions.js';
import { REGISTRY_RULES, type RegistryRules } from '../rules/registry-rules.js';
import { schemaAnswer, versionAnswer } from './answers.js';
import { EXAMPLE, LIST, NOT_FOUND } from './examples.js';
import { KeptAnswers } from './kept-answers.js';
import { javaInteger } from './query.js';
import { type Call, inContext, type Route } from './route.js';
import { MOST_SCHEMAS } from './subject.routes.js';

const SUBJECT = { subject: 'preferred, if it has the schema' };
const FORMAT = { format: '`resolved`: with what it refers to written out' };

@Injectable()
export class SchemaRoutes {
  constructor(
    private readonly reader: RegistryReader,
    private readonly settings: Settings,
    private readonly kept: KeptAnswers,
    @Inject(REGISTRY_RULES) private readonly rules: RegistryRules,
  ) {}

  readonly routes: readonly Route[] = [
    {
      method: 'GET',
      path: '/schemas',
      description: {
        summary: 'Every version of every subject, at most 1000',
        query: { subjectPrefix: 'how subjects begin', ...LIST, latestOnly: 'the latest of each subject only' },
        example: [EXAMPLE.version],
      },
      answer: ({ sight, query, params }) => {
        const prefix = query.text('subjectPrefix');
        const context = params['context'] ?? '';
        const found = this.reader.schemas(sight, {
          prefix: context === '' ? prefix : inContext(context, prefix),
          deleted: query.flag('deleted'),
          latestOnly: query.flag('latestOnly'),
        });
        // There are no rules here, so no schema has one of any type.
        const wanted = query.text('ruleType') === '' ? found : [];
        return pageOf(wanted, query.page(), MOST_SCHEMAS).map((version) => versionAnswer(version, version.schema.text));
      },
    },
    {
      method: 'GET',
      path: '/schemas/types',
      description: { summary: 'The types of schemas there are', example: ['AVRO'] },
      answer: () => ['AVRO'],
    },
    {
      method: 'GET',
      path: '/schemas/ids/:id',
      description: {
        summary: 'A schema by its id',
        query: { ...SUBJECT, ...FORMAT, fetchMaxId: 'also the largest id (for those who may read everything)' },
        example: EXAMPLE.byId,
        errors: NOT_FOUND.id,
      },
      answer: (call) => {
        const { caller, query } = call;
        const found = this.byId(call);
        const format = query.text('format');
        if (!query.flag('fetchMaxId') || !this.rules.seesAll(caller)) return this.kept.of(found, 'byId', format);
        return schemaAnswer(found, this.reader.textOf(found, format), this.reader.maxId());
      },
    },
    {
      method: 'GET',
      path: '/schemas/ids/:id/schema',
      description: {
        summary: 'A schema by its id, alone',
        query: { ...SUBJECT, ...FORMAT },
        example: EXAMPLE.schema,
        errors: NOT_FOUND.id,
      },
      answer: (call) => {
        const found = this.byId(call);
        return this.kept.of(found, 'schema', call.query.text('format'));
      },
    },
    {
      method: 'GET',
      path: '/schemas/ids/:id/subjects',
      description: {
        summary: 'Subjects that have a schema',
        query: { ...SUBJECT, ...LIST },
        example: ['meteorology.weather-observation-value'],
        errors: NOT_FOUND.id,
      },
      answer: (call) => pageOf([...new Set(this.uses(call).map(({ subject }) => subject))], call.query.page()),
    },
    {
      method: 'GET',
      path: '/schemas/ids/:id/versions',
      description: {
        summary: 'Subjects and versions that have a schema',
        query: { ...SUBJECT, ...LIST },
        example: [{ subject: 'meteorology.weather-observation-value', version: 1 }],
        errors: NOT_FOUND.id,
      },
      answer: (call) =>
        pageOf(
          this.uses(call).map(({ subject, version }) => ({ subject, version })),
          call.query.page(),
        ),
    },
    {
      method: 'GET',
      path: '/schemas/guids/:guid',
      description: {
        summary: 'A schema by its GUID',
        query: FORMAT,
        example: EXAMPLE.byId,
        errors: NOT_FOUND.id,
      },
      answer: (call) => {
        const found = this.reader.byGuid(call.sight, call.params['guid'] ?? '');
        return this.kept.of(found, 'byGuid', call.query.text('format'));
      },
    },
    {
      method: 'GET',
      path: '/schemas/guids/:guid/ids',
      description: {
        summary: 'Ids of a schema by its GUID',
        example: [{ context: '.', id: 1 }],
      },
      answer: ({ sight, params }) => this.reader.idsOf(sight, params['guid'] ?? '').map((id) => ({ context: '.', id })),
    },
  ];

  private byId(call: Call) {
    return this.reader.byId(call.sight, javaInteger(call.params['id'] ?? ''), this.subject(call));
  }

  private uses(call: Call) {
    const id = javaInteger(call.params['id'] ?? '');
    return this.reader.uses(call.sight, id, { subject: this.subject(call), deleted: call.query.flag('deleted') });
  }

  private subject({ query, params: { context = '' } }: Call): string {
    const subject = query.text('subject');
    return subject === '' && context === '' ? '' : this.settings.aliased(inContext(context, subject));
  }
}
