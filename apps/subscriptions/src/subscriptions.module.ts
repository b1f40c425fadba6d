import { AuthModule } from '@citystreams/nest';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { AnnouncementsModule } from './announcements/announcements.module.js';
import { ClockModule } from './clock/clock.module.js';
import { SUBSCRIPTIONS_CONFIG, type SubscriptionsConfig } from './config.js';
import { DatabaseModule } from './database/database.module.js';
import { DelegationsModule } from './delegations/delegations.module.js';
import { EnforcementModule } from './enforcement/enforcement.module.js';
import { EntitlementsModule } from './entitlements/entitlements.module.js';
import { EvidenceBundleModule } from './evidence/evidence.bundle.module.js';
import { EvidenceModule } from './evidence/evidence.module.js';
import { ExplainModule } from './explain/explain.module.js';
import { IdempotencyModule } from './idempotency/idempotency.module.js';
import { KafkaModule } from './kafka/kafka.module.js';
import { NoticesModule } from './notices/notices.module.js';
import { PolicyModule } from './policy/policy.module.js';
import { QuarantineModule } from './quarantine/quarantine.module.js';
import { RequestsModule } from './requests/requests.module.js';
import { StreamsModule } from './streams/streams.module.js';

/** The Chief Digital Officer's subscription service: who asked, who decided, and whether it is so. */
@Global()
@Module({})
export class SubscriptionsModule {
  static forRoot(config: SubscriptionsConfig): DynamicModule {
    return {
      module: SubscriptionsModule,
      imports: [
        AuthModule.forRoot({
          issuer: config.OIDC_ISSUER,
          audience: config.HTTP_AUDIENCE,
          claims: {
            principal: config.OIDC_PRINCIPAL_CLAIM,
            agency: config.OIDC_AGENCY_CLAIM,
            roles: config.OIDC_ROLES_CLAIM,
          },
        }),
        ClockModule,
        DatabaseModule,
        IdempotencyModule,
        KafkaModule,
        PolicyModule,
        EvidenceModule,
        StreamsModule,
        AnnouncementsModule,
        NoticesModule,
        EntitlementsModule,
        DelegationsModule,
        RequestsModule,
        EnforcementModule,
        EvidenceBundleModule,
        QuarantineModule,
        ExplainModule,
      ],
      providers: [{ provide: SUBSCRIPTIONS_CONFIG, useValue: config }],
      exports: [SUBSCRIPTIONS_CONFIG],
    };
  }
}
