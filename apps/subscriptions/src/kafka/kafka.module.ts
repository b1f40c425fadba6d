import type { KafkaSettings } from '@citystreams/kafka';
import { kafkaSettings } from '@citystreams/nest';
import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { SUBSCRIPTIONS_CONFIG, type SubscriptionsConfig } from '../config.js';

/** Injection token of the service's own way to Kafka: control topics and notices. */
export const OWN_KAFKA = Symbol('kafka as the service itself');
/** Injection token of the way to Kafka that may change the cluster; only enforcement takes it. */
export const ENFORCEMENT_KAFKA = Symbol('kafka as the enforcement principal');

@Global()
@Module({
  providers: [
    {
      provide: OWN_KAFKA,
      inject: [SUBSCRIPTIONS_CONFIG],
      useFactory: (config: SubscriptionsConfig) => kafkaSettings(config),
    },
    {
      provide: ENFORCEMENT_KAFKA,
      inject: [SUBSCRIPTIONS_CONFIG],
      useFactory: (config: SubscriptionsConfig) =>
        kafkaSettings(config, {
          clientId: config.ENFORCEMENT_CLIENT_ID,
          clientSecret: config.ENFORCEMENT_CLIENT_SECRET,
        }),
    },
  ],
  exports: [OWN_KAFKA, ENFORCEMENT_KAFKA],
})
export class KafkaModule implements OnApplicationShutdown {
  constructor(
    @Inject(OWN_KAFKA) private readonly own: KafkaSettings,
    @Inject(ENFORCEMENT_KAFKA) private readonly enforcement: KafkaSettings,
  ) {}

  onApplicationShutdown(): void {
    for (const { auth } of [this.own, this.enforcement]) if (auth.kind === 'token') auth.tokens.close();
  }
}
