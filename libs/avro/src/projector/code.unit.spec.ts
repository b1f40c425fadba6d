import { describe, expect, test } from '@jest/globals';
import { resolveRecord } from '../model.js';
import type { AvroRecord } from '../schema.js';
import { build, type Code, code } from './code.js';
import { layoutOf } from './layout.js';
import { scannerSource } from './scan.source.js';

describe('generated source', () => {
  test('is made of literal text, safe integers and other source', () => {
    const inner = code`return ${2} + ${-3};`;
    expect(build(code`const f = () => { ${inner} }; return f();`, {})).toBe(-1);
    expect(build(code`return given.name;`, { name: "'; throw 1; //" })).toBe("'; throw 1; //");
  });

  test('refuses text that was made at run time, fractions and anything else', () => {
    const refused: unknown[] = ['1', 1.5, Number.NaN, 2 ** 60, {}, null, undefined, [1], ['x'], { text: 'x' }];
    for (const part of refused) expect(() => code`${part as number}`).toThrow(TypeError);
    const made = Object.assign(['throw 1'], { raw: ['throw 1'] });
    expect(() => code(made as unknown as TemplateStringsArray)).toThrow(TypeError);
  });

  test('holds no name of the schema, however it is called', () => {
    const schema = (name: string): AvroRecord => ({
      type: 'record',
      name: `R${name}`,
      fields: [
        { name, type: ['null', { type: 'enum', name: `E${name}`, symbols: [`S${name}`] }] },
        { name: `${name}2`, type: { type: 'map', values: `R${name}` } },
      ],
    });
    const sourceOf = (name: string): Code => {
      const root = resolveRecord(schema(name));
      return scannerSource(root, layoutOf(root));
    };
    expect(sourceOf('`);process.exit(1);(`').text).toBe(sourceOf('a').text);
  });
});
