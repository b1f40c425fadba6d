import 'reflect-metadata';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Body, ConflictException, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { z } from 'zod';
import { CurrentCaller, Public, RequireRole } from '../auth/auth.decorators.js';
import { AuthModule } from '../auth/auth.module.js';
import type { Caller } from '../auth/caller.js';
import { TokenVerifier } from '../auth/token-verifier.js';
import { HealthRegistry } from '../health/health-registry.js';
import { ProblemError } from '../problems/problem-error.js';
import { createService } from './start-service.js';

const Permit = z.strictObject({
  holder: z.string().min(1),
  fields: z.array(z.strictObject({ name: z.string(), level: z.enum(['L1', 'L2']) })),
});
const Limit = z.coerce.number().int().max(100).default(20);

@Public()
@Controller()
class PermitsController {
  @Post('permits')
  create(@Body({ schema: Permit }) permit: z.infer<typeof Permit>) {
    return { holder: permit.holder };
  }
  @Post('permits/:id/submit')
  submit(@Param('id') id: string) {
    return { id };
  }
  @Get('permits')
  list(@Query('limit', { schema: Limit }) limit: number) {
    return { limit };
  }
  @Get('broken')
  broken() {
    throw new Error('the password is hunter2');
  }
  @Get('refused')
  refused() {
    throw new ProblemError('STATE_CONFLICT', 'It is decided already.', { action: 'Open a new one.' });
  }
  @Get('framework-refusal')
  frameworkRefusal() {
    throw new ConflictException('taken');
  }
  @Get('subjects/:name')
  subject() {
    throw new ProblemError('NOT_FOUND', 'No such subject.');
  }
}

@Controller('own')
class OwnController {
  @Get()
  who(@CurrentCaller() caller: Caller) {
    return caller;
  }
  @Get('decide')
  @RequireRole('cdo', 'auditor')
  decide() {
    return {};
  }
}

const steward = { principal: 'futian.steward', agency: 'futian', roles: ['steward' as const] };

@Module({
  imports: [AuthModule.forRoot({ issuer: 'https://issuer.example', audience: 'urn:city:http' })],
  controllers: [PermitsController, OwnController],
})
class PermitsModule {}

let app: NestFastifyApplication;
const log: string[] = [];

beforeAll(async () => {
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(chunk.toString());
      done();
    },
  });
  app = await createService(
    {
      name: 'permits',
      module: PermitsModule,
      bodyLimit: 2_000,
      jsonTypes: ['application/json', 'application/vnd.schemaregistry.v1+json'],
      errorFormats: [
        {
          matches: (path) => path.startsWith('/subjects/'),
          contentType: 'application/vnd.schemaregistry.v1+json',
          render: (problem) => ({ status: problem.status, body: { error_code: 40401, message: problem.detail } }),
        },
      ],
    },
    pino({ level: 'debug' }, lines),
  );
  const verifier = app.get(TokenVerifier);
  verifier.verify = (header) =>
    header === 'Bearer good'
      ? Promise.resolve({ caller: steward, expiresAt: new Date() })
      : Promise.reject(new ProblemError('UNAUTHENTICATED', 'No.', { headers: { 'www-authenticate': 'Bearer' } }));
});
afterAll(() => app.close());

const post = (payload: string, type = 'application/json') =>
  app.inject({ method: 'POST', url: '/permits', payload, headers: { 'content-type': type } });

describe('a body', () => {
  test('with several problems gets all of them, each with its path', async () => {
    const answer = await post(
      JSON.stringify({ holder: '', fields: [{ name: 'a', level: 'L1' }, { level: 'L9' }], extra: 1, 'odd name': 2 }),
    );
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    const problem = answer.json<{ code: string; problems: { field: string }[] }>();
    expect(problem.code).toBe('VALIDATION_FAILED');
    expect(problem.problems.map(({ field }) => field).sort()).toEqual([
      '$.extra',
      '$.fields[1].level',
      '$.fields[1].name',
      '$.holder',
      "$['odd name']",
    ]);
  });

  test.each([
    ['that is not JSON', '{"holder":', 'application/json', 400, 'VALIDATION_FAILED'],
    ['that is missing', '', 'application/json', 400, 'VALIDATION_FAILED'],
    ['of another media type', 'holder: x', 'application/yaml', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['that is too large', JSON.stringify({ holder: 'x'.repeat(3_000) }), 'application/json', 413, 'PAYLOAD_TOO_LARGE'],
    ['that poisons prototypes', '{"__proto__":{"a":1}}', 'application/json', 400, 'VALIDATION_FAILED'],
  ])('%s is refused with a problem', async (_, payload, type, status, code) => {
    const answer = await post(payload, type);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ status, code });
  });

  test('is read under every media type the service names, with its parameters', async () => {
    const answer = await post('{"holder":"x","fields":[]}', 'application/vnd.schemaregistry.v1+json; charset=utf-8');
    expect(answer.json()).toEqual({ holder: 'x' });
  });

  test('may be empty where the route wants none', async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'POST', url: '/permits/7/submit', headers });
    expect(answer.json()).toEqual({ id: '7' });
  });
});

test('a parameter is converted by its schema, and named when it is wrong', async () => {
  expect((await app.inject('/permits?limit=7')).json()).toEqual({ limit: 7 });
  expect((await app.inject('/permits?limit=700')).json()).toMatchObject({ problems: [{ field: 'limit' }] });
});

describe('an error', () => {
  test('of ours says code, detail and what to do', async () => {
    const answer = await app.inject('/refused');
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toEqual({
      type: 'urn:citystreams:problem:STATE_CONFLICT',
      title: 'State conflict',
      status: 409,
      code: 'STATE_CONFLICT',
      detail: 'It is decided already.',
      action: 'Open a new one.',
    });
  });

  test('of the framework keeps its meaning', async () => {
    expect((await app.inject('/framework-refusal')).json()).toMatchObject({ code: 'STATE_CONFLICT', detail: 'taken' });
  });

  test('nobody expected tells the caller an id, and the log the rest', async () => {
    const answer = await app.inject('/broken');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('hunter2');
    expect(answer.body).not.toContain('.ts');
    const { code, instance } = answer.json<{ code: string; instance: string }>();
    expect(code).toBe('INTERNAL');
    const line = log.find((entry) => entry.includes('hunter2'));
    expect(line).toContain(instance.replace('urn:uuid:', ''));
  });

  test('at an address where nothing is, is a problem too', async () => {
    expect((await app.inject('/nowhere')).json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  test('is told in the format its routes ask for', async () => {
    const answer = await app.inject('/subjects/x');
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toContain('application/vnd.schemaregistry.v1+json');
    expect(answer.json()).toEqual({ error_code: 40401, message: 'No such subject.' });
    expect((await app.inject('/subjects/x/unknown')).json()).toHaveProperty('error_code');
  });
});

describe('a route that is not public', () => {
  test('asks for a token', async () => {
    const answer = await app.inject('/own');
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });
  test('knows its caller', async () => {
    const answer = await app.inject({ url: '/own', headers: { authorization: 'Bearer good' } });
    expect(answer.json()).toEqual(steward);
  });
  test('may ask for a role', async () => {
    const answer = await app.inject({ url: '/own/decide', headers: { authorization: 'Bearer good' } });
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ code: 'FORBIDDEN', detail: 'This needs the role cdo or auditor.' });
  });
});

describe('readiness', () => {
  test('names everything that is missing; being alive does not depend on it', async () => {
    const health = app.get(HealthRegistry);
    expect((await app.inject('/readyz')).json()).toEqual({ status: 'ready', checks: [] });
    health.add('archive', () => ({ ok: false, reason: 'away' }), 'partial');
    expect((await app.inject('/readyz')).json()).toEqual({
      status: 'degraded',
      checks: [{ name: 'archive', ok: false, reason: 'away' }],
    });
    health.add('kafka', () => ({ ok: false, reason: 'no broker answers' }));
    health.add('outbox', () => {
      throw new Error('secret');
    });
    const answer = await app.inject('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({
      code: 'UNAVAILABLE',
      problems: [
        { field: 'archive', message: 'away' },
        { field: 'kafka', message: 'no broker answers' },
        { field: 'outbox', message: 'could not be checked' },
      ],
    });
    expect((await app.inject('/healthz')).statusCode).toBe(200);
  });
});

test('the API document is public and knows the schemas', async () => {
  const document = (await app.inject('/openapi.json')).json<{ paths: Record<string, unknown> }>();
  expect(Object.keys(document.paths)).toContain('/permits');
  expect(Object.keys(document.paths)).not.toContain('/healthz');
  expect(JSON.stringify(document.paths['/permits'])).toContain('holder');
});

test('requests are logged at debug only, without header or query', async () => {
  await app.inject({ url: '/permits?limit=7', headers: { authorization: 'Bearer sesame' } });
  const line = log.find((entry) => entry.includes('"answered"') && entry.includes('/permits'));
  expect(line).toContain('"level":20');
  expect(log.join('')).not.toContain('sesame');
});
