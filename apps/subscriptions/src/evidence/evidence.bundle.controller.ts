import { EvidenceBundle, Ulid } from '@citystreams/contracts';
import { type Caller, CurrentCaller } from '@citystreams/nest';
import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { EvidenceBundles } from './evidence.bundle.js';

@ApiTags('evidence')
@Controller('api/entitlements')
export class EvidenceBundleController {
  constructor(private readonly bundles: EvidenceBundles) {}

  /** One file: requests, decisions, versions, receipts, and the proof that they are in the chain. */
  @Get(':id/evidence')
  @ApiOkResponse({ standardSchema: EvidenceBundle })
  evidence(@CurrentCaller() caller: Caller, @Param('id', { schema: Ulid }) id: Ulid): Promise<EvidenceBundle> {
    return this.bundles.of(id, caller);
  }
}
