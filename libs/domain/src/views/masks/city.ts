/** What masks mean where nothing else is said: the clock of the city, and the latitude of it farthest from the equator. */
export const CITY = { utcOffsetMinutes: 480, farthestLatitude: 22.9 } as const;
