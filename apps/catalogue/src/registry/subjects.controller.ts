import { type Caller, CurrentCaller } from '@citystreams/nest';
import { Body, Controller, Get, Header, HttpCode, Param, Post, UseFilters } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { RegisteredSchema } from '../schemas/schema.store.js';
import { Registry } from './registry.js';
import { REGISTRY_CONTENT_TYPE, RegistryErrorFilter } from './registry-error.js';
import { SchemaPayload, schemaOf } from './schema-payload.js';

const SubjectVersion = z.object({ subject: z.string(), version: z.int(), id: z.int(), schema: z.string() });
const RegisteredId = z.object({ id: z.int() });

@ApiTags('registry')
@UseFilters(RegistryErrorFilter)
@Controller('subjects')
export class SubjectsController {
  constructor(private readonly registry: Registry) {}

  @Get()
  @Header('content-type', REGISTRY_CONTENT_TYPE)
  @ApiOkResponse({ standardSchema: z.array(z.string()) })
  list(@CurrentCaller() caller: Caller): Promise<string[]> {
    return this.registry.subjects(caller);
  }

  /** Looks a schema up under a subject. */
  @Post(':subject')
  @HttpCode(200)
  @Header('content-type', REGISTRY_CONTENT_TYPE)
  @ApiOkResponse({ standardSchema: SubjectVersion })
  async find(
    @CurrentCaller() caller: Caller,
    @Param('subject') subject: string,
    @Body({ schema: SchemaPayload }) payload: SchemaPayload,
  ): Promise<z.infer<typeof SubjectVersion>> {
    return subjectVersion(await this.registry.find(caller, subject, schemaOf(payload)));
  }

  @Get(':subject/versions')
  @Header('content-type', REGISTRY_CONTENT_TYPE)
  @ApiOkResponse({ standardSchema: z.array(z.int()) })
  async versions(@CurrentCaller() caller: Caller, @Param('subject') subject: string): Promise<number[]> {
    return (await this.registry.versions(caller, subject)).map(({ version }) => version);
  }

  /** Registers a schema, or says the id of one that is registered. */
  @Post(':subject/versions')
  @HttpCode(200)
  @Header('content-type', REGISTRY_CONTENT_TYPE)
  @ApiOkResponse({ standardSchema: RegisteredId })
  async register(
    @CurrentCaller() caller: Caller,
    @Param('subject') subject: string,
    @Body({ schema: SchemaPayload }) payload: SchemaPayload,
  ): Promise<z.infer<typeof RegisteredId>> {
    return { id: (await this.registry.register(caller, subject, schemaOf(payload))).id };
  }

  @Get(':subject/versions/:version')
  @Header('content-type', REGISTRY_CONTENT_TYPE)
  @ApiOkResponse({ standardSchema: SubjectVersion })
  async version(
    @CurrentCaller() caller: Caller,
    @Param('subject') subject: string,
    @Param('version') version: string,
  ): Promise<z.infer<typeof SubjectVersion>> {
    return subjectVersion(await this.registry.version(caller, subject, version));
  }

  @Get(':subject/versions/:version/schema')
  @Header('content-type', REGISTRY_CONTENT_TYPE)
  async text(
    @CurrentCaller() caller: Caller,
    @Param('subject') subject: string,
    @Param('version') version: string,
  ): Promise<string> {
    return (await this.registry.version(caller, subject, version)).text;
  }
}

const subjectVersion = ({ subject, version, id, text }: RegisteredSchema): z.infer<typeof SubjectVersion> => ({
  subject,
  version,
  id,
  schema: text,
});
