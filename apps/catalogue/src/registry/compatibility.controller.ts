import { type Caller, CurrentCaller } from '@citystreams/nest';
import { Body, Controller, Header, HttpCode, Param, Post, UseFilters } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Registry } from './registry.js';
import { REGISTRY_CONTENT_TYPE, RegistryErrorFilter } from './registry-error.js';
import { SchemaPayload, schemaOf } from './schema-payload.js';

const Compatibility = z.object({ is_compatible: z.boolean(), messages: z.array(z.string()) });

@ApiTags('registry')
@UseFilters(RegistryErrorFilter)
@Controller('compatibility')
export class CompatibilityController {
  constructor(private readonly registry: Registry) {}

  /** Against that one version; registering compares with all. */
  @Post('subjects/:subject/versions/:version')
  @HttpCode(200)
  @Header('content-type', REGISTRY_CONTENT_TYPE)
  @ApiOkResponse({ standardSchema: Compatibility })
  async check(
    @CurrentCaller() caller: Caller,
    @Param('subject') subject: string,
    @Param('version') version: string,
    @Body({ schema: SchemaPayload }) payload: SchemaPayload,
  ): Promise<z.infer<typeof Compatibility>> {
    const findings = await this.registry.differences(caller, subject, version, schemaOf(payload));
    return {
      is_compatible: findings.length === 0,
      messages: findings.map(({ field, message }) => `${field}: ${message}`),
    };
  }
}
