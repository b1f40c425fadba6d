import { loadCalendar, loadOffices, loadPolicy } from '@citystreams/policy';
import { Global, Module } from '@nestjs/common';
import { SUBSCRIPTIONS_CONFIG, type SubscriptionsConfig } from '../config.js';
import { City } from './city.js';

/** Read once at the start; a policy with any problem keeps the service from starting. */
@Global()
@Module({
  providers: [
    {
      provide: City,
      inject: [SUBSCRIPTIONS_CONFIG],
      useFactory: ({ POLICY_DIR }: SubscriptionsConfig) =>
        new City(loadPolicy(POLICY_DIR), loadOffices(POLICY_DIR), loadCalendar(POLICY_DIR)),
    },
  ],
  exports: [City],
})
export class PolicyModule {}
