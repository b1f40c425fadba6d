import { describe, expect, test } from '@jest/globals';
import { registryPaths } from './openapi.js';
import { ServerRoutes } from './server.routes.js';
import type { Route } from './route.js';

const route = (method: Route['method'], path: string, errors?: Record<number, string>): Route => ({
  method,
  path,
  description: {
    summary: 'Something',
    query: { deleted: 'also deleted ones', limit: 'how many' },
    body: { description: 'A schema.', example: { schema: '"string"' } },
    example: [1],
    ...(errors !== undefined && { errors }),
  },
  answer: () => null,
});

describe('the description of the routes', () => {
  const paths = registryPaths([
    route('POST', '/subjects/:subject/versions', { 40301: 'not yours', 42201: 'invalid', 42202: 'no version' }),
    route('GET', '/subjects/:subject/versions'),
  ]) as Record<
    string,
    Record<string, { operationId: string; parameters: object[]; responses: Record<string, object> }>
  >;
  const post = paths['/subjects/{subject}/versions']?.['post'];

  test('has each path once, with its methods and parameters', () => {
    expect(Object.keys(paths)).toEqual(['/subjects/{subject}/versions']);
    expect(Object.keys(paths['/subjects/{subject}/versions'] ?? {})).toEqual(['post', 'get']);
    expect(post?.parameters).toMatchObject([
      { name: 'subject', in: 'path', required: true },
      { name: 'deleted', in: 'query', schema: { type: 'string' } },
      { name: 'limit', in: 'query', schema: { type: 'integer' } },
    ]);
  });

  test('shows an example of the answer, of the body, and of each kind of error', () => {
    expect(JSON.stringify(post)).toContain('\\"string\\"');
    expect(Object.keys(post?.responses ?? {})).toEqual(['200', '403', '422']);
    expect(JSON.stringify(post?.responses['422'])).toContain('42201: invalid; 42202: no version');
  });

  test('gives each operation a name of its own', () => {
    const server = registryPaths(new ServerRoutes({} as never).routes);
    const names = Object.values(server).flatMap((methods) =>
      Object.values(methods as Record<string, { operationId: string }>).map(({ operationId }) => operationId),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});
