// The flight desk of Bao'an: real flights, published through Nest's own Kafka transport.
import 'reflect-metadata';
import { readServiceSettings } from '@citystreams/sdk';
import { ConsoleLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FlightDeskModule } from './flight-desk.module.js';

const settings = readServiceSettings(process.env, 'stateDir');
const logger = new ConsoleLogger({ json: true, logLevels: ['fatal', 'error', 'warn'] });
const app = await NestFactory.createApplicationContext(FlightDeskModule.with(settings), { logger });
// Without `useProcessExit` Nest sends the signal again to itself, and what ended in order looks killed.
app.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true });
