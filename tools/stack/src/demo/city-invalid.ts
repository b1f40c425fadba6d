/** Something the demonstration city is made of cannot be used; nothing was started. */
export class CityInvalid extends Error {
  readonly code = 'CITY_INVALID';
  /** @param problems one line each: file, place, why */
  constructor(readonly problems: readonly string[]) {
    super(['the files of the city cannot be used:', ...problems].join('\n  '));
  }
}
