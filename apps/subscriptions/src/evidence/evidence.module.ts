import { openSigner } from '@citystreams/domain';
import { Global, Module } from '@nestjs/common';
import { SUBSCRIPTIONS_CONFIG, type SubscriptionsConfig } from '../config.js';
import { AuditController } from './audit.controller.js';
import { AuditReader } from './audit.reader.js';
import { AuditTrail } from './audit.trail.js';
import { Erasure } from './erasure.js';
import { HeadBook } from './head.book.js';
import { HeadPublisher } from './head.publisher.js';
import { HEAD_SIGNER } from './head.signer.js';

/** The evidence chain. Everything that decides or enforces records it here. */
@Global()
@Module({
  controllers: [AuditController],
  providers: [
    {
      provide: HEAD_SIGNER,
      inject: [SUBSCRIPTIONS_CONFIG],
      useFactory: (config: SubscriptionsConfig) => openSigner(config.AUDIT_SIGNING_KEY),
    },
    AuditReader,
    AuditTrail,
    Erasure,
    HeadBook,
    HeadPublisher,
  ],
  exports: [AuditReader, AuditTrail, HEAD_SIGNER],
})
export class EvidenceModule {}
