import { type Caller, CurrentCaller } from '@citystreams/nest';
import { Controller, Get, Header, Param, UseFilters } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Registry } from './registry.js';
import { REGISTRY_CONTENT_TYPE, RegistryError, RegistryErrorFilter } from './registry-error.js';

const SchemaText = z.object({ schema: z.string() });
const SchemaUses = z.array(z.object({ subject: z.string(), version: z.int() }));

@ApiTags('registry')
@UseFilters(RegistryErrorFilter)
@Controller('schemas')
export class SchemasController {
  constructor(private readonly registry: Registry) {}

  @Get('types')
  @Header('content-type', REGISTRY_CONTENT_TYPE)
  @ApiOkResponse({ standardSchema: z.array(z.string()) })
  types(): string[] {
    return ['AVRO'];
  }

  @Get('ids/:id')
  @Header('content-type', REGISTRY_CONTENT_TYPE)
  @ApiOkResponse({ standardSchema: SchemaText })
  async schema(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<z.infer<typeof SchemaText>> {
    const [first] = await this.registry.uses(caller, schemaId(id));
    return { schema: first.text };
  }

  @Get('ids/:id/versions')
  @Header('content-type', REGISTRY_CONTENT_TYPE)
  @ApiOkResponse({ standardSchema: SchemaUses })
  async uses(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<z.infer<typeof SchemaUses>> {
    const uses = await this.registry.uses(caller, schemaId(id));
    return uses.map(({ subject, version }) => ({ subject, version }));
  }
}

function schemaId(text: string): number {
  const id = Number(text);
  if (/^\d{1,10}$/.test(text) && id <= 0x7f_ff_ff_ff) return id;
  throw new RegistryError('SCHEMA_NOT_FOUND', `Schema ${text} not found`);
}
