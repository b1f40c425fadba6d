import { PolicyResource, SimulatePolicy, SimulationResource } from '@citystreams/contracts';
import { isInForce } from '@citystreams/domain';
import { RequireRole } from '@citystreams/nest';
import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { City } from './city.js';
import { PolicyRules } from './policy.rules.js';
import { PolicySimulator } from './policy.simulator.js';

@ApiTags('policy')
@Controller('api/policy')
export class PolicyController {
  constructor(
    private readonly city: City,
    private readonly rules: PolicyRules,
    private readonly simulator: PolicySimulator,
  ) {}

  /** The policy that requests are decided under now. */
  @Get()
  @RequireRole('cdo', 'auditor')
  @ApiOkResponse({ standardSchema: PolicyResource })
  show(): PolicyResource {
    const { matrix, purposes, reasonCodes, negativeList } = this.city.policy;
    const now = new Date();
    return {
      version: matrix.version,
      levels: PolicyResource.shape.levels.parse(matrix.levels),
      purposes,
      reasonCodes,
      negativeList: negativeList.map((entry) => ({ ...entry, inForce: isInForce(entry, now) })),
      failedRules: this.rules.failed,
    };
  }

  /** What a changed policy would have decided otherwise on recorded requests. Changes nothing. */
  @Post('simulate')
  @HttpCode(200)
  @RequireRole('cdo', 'auditor')
  @ApiOkResponse({ standardSchema: SimulationResource })
  simulate(@Body({ schema: SimulatePolicy }) texts: SimulatePolicy): Promise<SimulationResource> {
    return this.simulator.simulate(texts);
  }
}
