import { Injectable } from '@nestjs/common';
import { Settings } from '../reading/settings.js';
import { RegistryError } from '../registry-error.js';
import { SettingsWriter } from '../writing/settings.writer.js';
import { configUpdateAnswer } from './answers.js';
import { CONFIG_BODY, MODE_BODY, NOT_FOUND } from './examples.js';
import { readConfigRequest, readModeRequest } from './registry-payloads.js';
import { type Call, type Method, type Route, type RouteDescription, scopeOf } from './route.js';

const DEFAULT_TO_GLOBAL = { defaultToGlobal: 'what holds, also if nothing is set here' };
const CONFIG = { compatibilityLevel: 'FULL_TRANSITIVE' };
const MODE = { mode: 'READWRITE' };

@Injectable()
export class SettingsRoutes {
  constructor(
    private readonly settings: Settings,
    private readonly writer: SettingsWriter,
  ) {}

  readonly routes: readonly Route[] = [
    ...forAllAndOne(
      'GET',
      '/config',
      {
        summary: 'The configuration',
        query: DEFAULT_TO_GLOBAL,
        example: CONFIG,
        errors: NOT_FOUND.config,
      },
      (call) => {
        const scope = scopeOf(call);
        const config = call.query.flag('defaultToGlobal')
          ? this.settings.effectiveConfig(scope)
          : call.sight.sees(scope) || scope === ''
            ? this.settings.config(scope)
            : null;
        if (config !== null) return config;
        throw notSet('SUBJECT_CONFIG_NOT_SET', scope, 'compatibility');
      },
    ),
    ...forAllAndOne(
      'PUT',
      '/config',
      {
        summary: 'Changes the configuration; a member that is not sent stays',
        body: CONFIG_BODY,
        example: { compatibility: 'FULL_TRANSITIVE' },
        errors: NOT_FOUND.configuring,
      },
      async (call) =>
        configUpdateAnswer(await this.writer.updateConfig(call.caller, scopeOf(call), readConfigRequest(call.body))),
    ),
    ...forAllAndOne(
      'DELETE',
      '/config',
      {
        summary: 'Takes the configuration back',
        example: CONFIG,
        errors: NOT_FOUND.configuring,
      },
      (call) => this.writer.deleteConfig(call.caller, scopeOf(call)),
    ),
    ...forAllAndOne(
      'GET',
      '/mode',
      {
        summary: 'The mode',
        query: DEFAULT_TO_GLOBAL,
        example: MODE,
        errors: NOT_FOUND.mode,
      },
      (call) => {
        const scope = scopeOf(call);
        const mode = call.query.flag('defaultToGlobal')
          ? this.settings.effectiveMode(scope)
          : this.settings.mode(scope);
        if (mode !== null) return { mode };
        throw notSet('SUBJECT_MODE_NOT_SET', scope, 'mode');
      },
    ),
    ...forAllAndOne(
      'PUT',
      '/mode',
      {
        summary: 'Sets the mode; null clears it',
        query: { force: 'IMPORT although there are subjects' },
        body: MODE_BODY,
        example: MODE,
        errors: NOT_FOUND.configuring,
      },
      async (call) => {
        const request = readModeRequest(call.body);
        await this.writer.updateMode(call.caller, scopeOf(call), request, call.query.flag('force'));
        return request;
      },
    ),
    ...forAllAndOne(
      'DELETE',
      '/mode',
      {
        summary: 'Takes the mode back',
        query: { recursive: 'the modes of all subjects too' },
        example: MODE,
        errors: NOT_FOUND.configuring,
      },
      async (call) => {
        const mode = await this.writer.deleteMode(call.caller, scopeOf(call), call.query.flag('recursive'));
        return mode === null ? {} : { mode };
      },
    ),
  ];
}

function forAllAndOne(
  method: Method,
  path: string,
  description: RouteDescription,
  answer: (call: Call) => unknown,
): Route[] {
  return [
    { method, path, description: { ...description, summary: `${description.summary}, for all subjects` }, answer },
    {
      method,
      path: `${path}/:subject`,
      description: { ...description, summary: `${description.summary}, for one subject` },
      answer,
    },
  ];
}

const notSet = (code: 'SUBJECT_CONFIG_NOT_SET' | 'SUBJECT_MODE_NOT_SET', subject: string, what: string) =>
  new RegistryError(code, `Subject '${subject}' does not have subject-level ${what} configured`);
