/** The registry's routes as paths of an OpenAPI document. */
import { REGISTRY_CONTENT_TYPE } from './media-types.js';
import type { Route } from './route.js';

const ERROR = {
  type: 'object',
  required: ['error_code', 'message'],
  properties: { error_code: { type: 'integer' }, message: { type: 'string' } },
} as const;

export function registryPaths(routes: readonly Route[]): Record<string, object> {
  const byPath = Map.groupBy(routes, ({ path }) => path.replaceAll(/:(\w+)/g, '{$1}'));
  return Object.fromEntries(
    [...byPath].map(([path, those]) => [
      path,
      Object.fromEntries(those.map((route) => [route.method.toLowerCase(), operation(path, route)])),
    ]),
  );
}

function operation(path: string, { method, description }: Route): object {
  const { summary, query = {}, body, example, errors = {} } = description;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  return {
    operationId: `registry_${method.toLowerCase()}${path.replaceAll(/\W+/g, '_')}`,
    tags: ['registry'],
    summary,
    parameters: [
      ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...Object.entries(query).map(([name, what]) => ({
        name,
        in: 'query',
        description: what,
        schema: { type: name === 'offset' || name === 'limit' ? 'integer' : 'string' },
      })),
    ],
    ...(body !== undefined && {
      requestBody: {
        required: true,
        description: body.description,
        content: { [REGISTRY_CONTENT_TYPE]: { schema: { type: 'object' }, example: body.example } },
      },
    }),
    responses: { 200: answer(example), ...failures(errors) },
  };
}

const answer = (example: unknown): object => ({
  description: 'As asked',
  content: { [REGISTRY_CONTENT_TYPE]: { schema: {}, example } },
});

/** Several codes share a status. */
function failures(errors: Readonly<Record<number, string>>): Record<string, object> {
  const byStatus = Map.groupBy(Object.entries(errors), ([code]) => code.slice(0, 3));
  return Object.fromEntries(
    [...byStatus].map(([status, those]) => [
      status,
      {
        description: those.map(([code, why]) => `${code}: ${why}`).join('; '),
        content: {
          [REGISTRY_CONTENT_TYPE]: {
            schema: ERROR,
            example: { error_code: Number(those[0]![0]), message: those[0]![1] },
          },
        },
      },
    ]),
  );
}
