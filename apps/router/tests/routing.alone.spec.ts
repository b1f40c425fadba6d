/** One file for all scenarios: routers of one platform share its streams, and would take each other's. */
import { afterAll, beforeAll, describe } from '@jest/globals';
import { type RunningRouter, startRouter } from './running-router.js';
import { describeEntitlements } from './scenarios/entitlements.js';
import { describeFailingViews } from './scenarios/failing-views.js';
import { describeLostPlaces } from './scenarios/lost-places.js';
import { describeMeasured } from './scenarios/measured.js';
import { describeQuarantine } from './scenarios/quarantine.js';
import { describeSeveralRouters } from './scenarios/several-routers.js';
import { openScene, type Scene } from './scene.js';

let scene: Scene;
let router: RunningRouter;

beforeAll(async () => {
  scene = await openScene();
}, 60_000);
afterAll(() => scene?.close(), 60_000);

describe('one router', () => {
  beforeAll(async () => {
    router = await startRouter('a');
  }, 60_000);
  afterAll(async () => {
    await router?.stop();
  }, 60_000);

  describeEntitlements(() => scene);
  describeFailingViews(
    () => scene,
    () => router,
  );
  describeMeasured(
    () => scene,
    () => router,
  );
  describeQuarantine(() => scene);
  describeLostPlaces(
    () => scene,
    async (meanwhile) => {
      await router.stop();
      const made = await meanwhile();
      router = await startRouter('a');
      return made;
    },
  );
});

describe('several routers', () => {
  describeSeveralRouters(() => scene);
});
