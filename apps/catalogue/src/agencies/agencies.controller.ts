import { AgencyId, AgencyResource } from '@citystreams/contracts';
import { ProblemError } from '@citystreams/nest';
import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AgencyStore } from './agency.store.js';

const AgencyList = z.object({ items: z.array(AgencyResource), next: z.null() });

@ApiTags('agencies')
@Controller('api/agencies')
export class AgenciesController {
  constructor(private readonly agencies: AgencyStore) {}

  /** All of them: a city has some dozens. */
  @Get()
  @ApiOkResponse({ standardSchema: AgencyList })
  async list(): Promise<z.infer<typeof AgencyList>> {
    return { items: await this.agencies.list(), next: null };
  }

  @Get(':agency')
  @ApiOkResponse({ standardSchema: AgencyResource })
  async show(@Param('agency', { schema: AgencyId }) agency: AgencyId): Promise<AgencyResource> {
    const found = await this.agencies.find(agency);
    if (found !== null) return found;
    throw new ProblemError('NOT_FOUND', `there is no agency ${agency}`, { action: 'GET /api/agencies lists them' });
  }
}
