import type { OpenApiDocument } from './merge-documents.js';

/** The gateway's own routes. */
export const OWN_DOCUMENT: OpenApiDocument = {
  openapi: '3.0.0',
  info: {
    title: 'CityStreams',
    version: '1',
    description: 'The event backbone of a city: who may receive which fields of which stream.',
  },
  security: [{ bearer: [] }],
  paths: {
    '/api/whoami': {
      get: {
        operationId: 'whoami',
        tags: ['Gateway'],
        summary: "Who the caller's token says it is, and until when",
        responses: {
          200: {
            description: 'The caller',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Whoami' } } },
          },
          401: { description: 'No token, or not a good one' },
        },
      },
    },
  },
  components: {
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    schemas: {
      Whoami: {
        type: 'object',
        required: ['principal', 'agency', 'roles', 'expiresAt'],
        properties: {
          principal: { type: 'string' },
          agency: { type: 'string' },
          roles: { type: 'array', items: { type: 'string' } },
          expiresAt: { type: 'string', format: 'date-time' },
        },
      },
    },
  },
};
