import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type AccessRule, ruleOfWire, wireMatch, wireRule } from './access.rules.js';

const rules: fc.Arbitrary<AccessRule> = fc.record({
  principal: fc.constantFrom('User:a.b', 'User:*'),
  resourceType: fc.constantFrom('topic', 'group', 'transactional-id', 'cluster'),
  resourceName: fc.string({ minLength: 1 }),
  pattern: fc.constantFrom('literal', 'prefixed'),
  operation: fc.constantFrom('all', 'read', 'write', 'create', 'delete', 'alter', 'describe', 'alter-configs'),
  permission: fc.constantFrom('allow', 'deny'),
});

describe('an access rule', () => {
  test('is the same after the way to the broker and back', () => {
    fc.assert(fc.property(rules, (rule) => expect(ruleOfWire(wireRule(rule))).toEqual(rule)));
  });

  test('of a kind that we have no name for is left out', () => {
    const known = wireRule({
      principal: 'User:a.b',
      resourceType: 'topic',
      resourceName: 'a.b',
      pattern: 'literal',
      operation: 'read',
      permission: 'allow',
    });
    expect(ruleOfWire({ ...known, resourceType: 7 })).toBeUndefined();
    expect(ruleOfWire({ ...known, operation: 13 })).toBeUndefined();
  });

  test('is searched with the pattern that finds prefixes and wildcards too', () => {
    const match = wireMatch({ resourceType: 'topic', resourceName: 'a.b', principal: null });
    expect(match).toMatchObject({ resourcePatternType: 2, operation: 1, permissionType: 1, principal: null });
  });
});
