import { loadCalendar, loadOffices, loadPolicy } from '@citystreams/policy';
import { Global, Module } from '@nestjs/common';
import { SUBSCRIPTIONS_CONFIG, type SubscriptionsConfig } from '../config.js';
import { StreamsModule } from '../streams/streams.module.js';
import { City } from './city.js';
import { PolicyController } from './policy.controller.js';
import { PolicyRules } from './policy.rules.js';
import { PolicySimulator } from './policy.simulator.js';

/** Read once at the start; a policy with any problem keeps the service from starting. */
@Global()
@Module({
  imports: [StreamsModule],
  controllers: [PolicyController],
  providers: [
    PolicySimulator,
    PolicyRules,
    {
      provide: City,
      inject: [SUBSCRIPTIONS_CONFIG],
      useFactory: ({ POLICY_DIR }: SubscriptionsConfig) =>
        new City(loadPolicy(POLICY_DIR), loadOffices(POLICY_DIR), loadCalendar(POLICY_DIR)),
    },
  ],
  exports: [City, PolicyRules],
})
export class PolicyModule {}
