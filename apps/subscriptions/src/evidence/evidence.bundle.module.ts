import { Module } from '@nestjs/common';
import { EntitlementsModule } from '../entitlements/entitlements.module.js';
import { RequestsModule } from '../requests/requests.module.js';
import { EvidenceBundleController } from './evidence.bundle.controller.js';
import { EvidenceBundles } from './evidence.bundle.js';

/** Apart from the chain: it reads what requests and entitlements show, and they write to the chain. */
@Module({
  imports: [EntitlementsModule, RequestsModule],
  controllers: [EvidenceBundleController],
  providers: [EvidenceBundles],
})
export class EvidenceBundleModule {}
