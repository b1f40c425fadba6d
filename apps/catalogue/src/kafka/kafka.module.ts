import type { KafkaSettings } from '@citystreams/kafka';
import { kafkaSettings } from '@citystreams/nest';
import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { CATALOGUE_CONFIG, type CatalogueConfig } from '../config.js';

/** Injection token of this service's `KafkaSettings`; every client of the process shares the token source in it. */
export const KAFKA_SETTINGS = Symbol('kafka settings');

@Global()
@Module({
  providers: [
    {
      provide: KAFKA_SETTINGS,
      inject: [CATALOGUE_CONFIG],
      useFactory: (config: CatalogueConfig) => kafkaSettings(config),
    },
  ],
  exports: [KAFKA_SETTINGS],
})
export class KafkaModule implements OnApplicationShutdown {
  constructor(@Inject(KAFKA_SETTINGS) private readonly settings: KafkaSettings) {}

  onApplicationShutdown(): void {
    if (this.settings.auth.kind === 'token') this.settings.auth.tokens.close();
  }
}
