/** Texts of small schemas, put together as text so that anything can be put in. */
export const record = (fields: string, rest = ''): string => `{"type":"record","name":"R","fields":[${fields}]${rest}}`;

export const field = (type: string, rest = ''): string => record(`{"name":"f","type":${type}${rest}}`);

export const byDefault = (type: string, value: string): string => field(type, `,"default":${value}`);

export const named = (name: string, rest = ''): string =>
  `{"type":"fixed","name":${JSON.stringify(name)},"size":1${rest}}`;
