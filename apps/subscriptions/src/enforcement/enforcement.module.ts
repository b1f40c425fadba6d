import { Module } from '@nestjs/common';
import { NoticesModule } from '../notices/notices.module.js';
import { StreamsModule } from '../streams/streams.module.js';
import { EnforcementLoop } from './enforcement.loop.js';
import { EntitlementStep } from './entitlement.step.js';
import { PlatformStep } from './platform.step.js';
import { RouterReports } from './router.reports.js';
import { Settlement } from './settlement.js';

@Module({
  imports: [StreamsModule, NoticesModule],
  providers: [EnforcementLoop, EntitlementStep, PlatformStep, RouterReports, Settlement],
})
export class EnforcementModule {}
