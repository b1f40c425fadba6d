import { kafkajsSettings } from '@citystreams/kafka';
import { type DynamicModule, Module } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { Partitioners } from 'kafkajs';
import { FlightDesk, SETTINGS, type Settings } from './flight-desk.service.js';
import { CLIENT, NestTransport } from './nest.transport.js';

@Module({})
export class FlightDeskModule {
  static with(settings: Settings): DynamicModule {
    return {
      module: FlightDeskModule,
      imports: [
        ClientsModule.register([
          {
            name: CLIENT,
            transport: Transport.KAFKA,
            options: {
              client: kafkajsSettings(settings.kafka),
              // Nest would append "-client": rights are granted to the exact client id.
              postfixId: '',
              producerOnlyMode: true,
              // One request at a time keeps the order when a batch has to be sent again.
              producer: {
                idempotent: true,
                maxInFlightRequests: 1,
                allowAutoTopicCreation: false,
                // Every message names its partition; naming this one keeps kafkajs from warning about its default.
                createPartitioner: Partitioners.DefaultPartitioner,
              },
              send: { acks: -1 },
            },
          },
        ]),
      ],
      providers: [{ provide: SETTINGS, useValue: settings }, NestTransport, FlightDesk],
    };
  }
}
