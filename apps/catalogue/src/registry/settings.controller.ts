import { Controller, Get, Header, Param, Query, UseFilters } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { REGISTRY_CONTENT_TYPE, RegistryError, RegistryErrorFilter } from './registry-error.js';

const COMPATIBILITY = 'FULL_TRANSITIVE';
const Config = z.object({ compatibilityLevel: z.literal(COMPATIBILITY) });
const Mode = z.object({ mode: z.literal('READWRITE') });
const ConfigQuery = z.object({ defaultToGlobal: z.stringbool().default(false) });

/** What serializers ask about the registry itself. The same for every subject, and nobody can change it. */
@ApiTags('registry')
@UseFilters(RegistryErrorFilter)
@Controller()
export class SettingsController {
  @Get('config')
  @Header('content-type', REGISTRY_CONTENT_TYPE)
  @ApiOkResponse({ standardSchema: Config })
  config(): z.infer<typeof Config> {
    return { compatibilityLevel: COMPATIBILITY };
  }

  /** No subject has a setting of its own: 40408, unless the general one is asked for in its place. */
  @Get('config/:subject')
  @Header('content-type', REGISTRY_CONTENT_TYPE)
  @ApiOkResponse({ standardSchema: Config })
  subjectConfig(
    @Param('subject') subject: string,
    @Query({ schema: ConfigQuery }) { defaultToGlobal }: z.infer<typeof ConfigQuery>,
  ): z.infer<typeof Config> {
    if (defaultToGlobal) return this.config();
    throw new RegistryError(
      'SUBJECT_CONFIG_NOT_SET',
      `Subject '${subject}' does not have subject-level compatibility configured`,
    );
  }

  @Get('mode')
  @Header('content-type', REGISTRY_CONTENT_TYPE)
  @ApiOkResponse({ standardSchema: Mode })
  mode(): z.infer<typeof Mode> {
    return { mode: 'READWRITE' };
  }

  /** Newer serializers ask which subject belongs to a topic; a 404 makes them go by the topic's name, as is right here. */
  @Get('associations/*')
  association(): never {
    throw new RegistryError('NOT_FOUND', 'HTTP 404 Not Found');
  }
}
