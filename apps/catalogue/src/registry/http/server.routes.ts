import { Injectable } from '@nestjs/common';
import { RegistryError } from '../registry-error.js';
import { Deletions } from '../writing/deletions.js';
import { noSuchAddress } from './query.js';
import { inContext, NO_CONTENT, type Route } from './route.js';
import { pageOf } from '../reading/versions.js';

/** The version of the original whose API this is. */
const API_VERSION = { version: '8.4.0', commitId: 'citystreams' };
const CLUSTER = {
  scope: { path: [], clusters: { 'kafka-cluster': 'citystreams', 'schema-registry-cluster': 'citystreams-catalogue' } },
};

/** What the registry says of itself. */
@Injectable()
export class ServerRoutes {
  constructor(private readonly deletions: Deletions) {}

  readonly routes: readonly Route[] = [
    {
      method: 'GET',
      path: '/',
      description: { summary: 'Nothing: whether the registry is there', example: {} },
      answer: () => ({}),
    },
    {
      method: 'POST',
      path: '/',
      description: { summary: 'Nothing: whether the registry is there', example: {} },
      answer: () => ({}),
    },
    {
      method: 'GET',
      path: '/contexts',
      description: { summary: 'Contexts: there is the default one', example: ['.'] },
      answer: ({ query }) => pageOf('.'.startsWith(query.text('contextPrefix')) ? ['.'] : [], query.page()),
    },
    {
      method: 'DELETE',
      path: '/contexts/:context',
      description: { summary: 'Deletes a context that is empty', example: null },
      answer: ({ params: { context = '' } }) => {
        if (inContext(context, '') !== '' || this.deletions.isEmpty()) return NO_CONTENT;
        throw new RegistryError('CONTEXT_NOT_EMPTY', `The specified context '' is not empty.`);
      },
    },
    {
      method: 'GET',
      path: '/v1/metadata/id',
      description: { summary: 'Which registry this is', example: CLUSTER },
      answer: () => CLUSTER,
    },
    {
      method: 'GET',
      path: '/v1/metadata/version',
      description: { summary: 'The version of the API', example: API_VERSION },
      answer: () => API_VERSION,
    },
    {
      method: 'GET',
      path: '/v1/metadata/deployment',
      description: { summary: 'Where the registry runs: nothing is told', example: { attributes: [] } },
      answer: () => ({ attributes: [] }),
    },
    ...['/associations/subjects/:subject', '/associations/resources/:id', '/associations/resources/:id/:name'].map(
      (path): Route => ({
        method: 'GET',
        path,
        description: {
          summary: 'Associations are not there; serializers go on with the name of the topic',
          example: null,
          errors: { 404: 'always' },
        },
        answer: () => {
          throw noSuchAddress();
        },
      }),
    ),
  ];
}
