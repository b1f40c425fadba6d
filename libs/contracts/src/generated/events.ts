// Generated from schemas/ by `npm run generate`. Do not edit.
import { z } from 'zod';
import { doubleValue, type Long, longValue, ticksValue } from '../event-values.js';

// bao-an.flight-movement

/** One flight movement and how late it was. */
export interface FlightMovement {
  /** Number of the flight in this feed, counted from 0; never used twice. */
  flightId: Long;
  /** Date and time of the flight: local time as the source records it, read as UTC. (Milliseconds since 1970, UTC.) */
  date: number;
  /** Delay, minutes; negative when early. */
  delay: number;
  /** Distance flown, miles. */
  distance: number;
  /** IATA code of the airport of departure. */
  origin: string;
  /** IATA code of the airport of arrival. */
  destination: string;
  /** When the flight desk took the record in, UTC. (Milliseconds since 1970, UTC.) */
  ingestedAt: number;
}
export const FlightMovement: z.ZodType<FlightMovement> = z.object({
  flightId: longValue,
  date: ticksValue,
  delay: z.int32(),
  distance: z.int32(),
  origin: z.string(),
  destination: z.string(),
  ingestedAt: ticksValue,
});

// medical-insurance.claim-settled

/** Who paid what, in fen (1/100 yuan). */
export interface ClaimSettledPayment {
  /** Full cost, fen. */
  totalFen: Long;
  /** Paid by the medical insurance fund, fen. */
  fundFen: Long;
  /** Paid by the insured person, fen. */
  selfFen: Long;
}
const claimSettledPayment: z.ZodType<ClaimSettledPayment> = z.object({
  totalFen: longValue,
  fundFen: longValue,
  selfFen: longValue,
});

/** SYNTHETIC. One settled claim of one insured person: no record describes a real person, hospital visit or payment. */
export interface ClaimSettled {
  /** Number of the claim. */
  claimId: string;
  /** When the claim was settled, UTC. (Milliseconds since 1970, UTC.) */
  settledAt: number;
  /** Number of the insured person in the medical insurance system. */
  insuredPerson: string;
  /** Age of the insured person on the day of settlement, in wide bands. */
  ageBand: 'UNDER_18' | 'FROM_18_TO_34' | 'FROM_35_TO_59' | 'FROM_60';
  /** District in which the hospital lies. */
  district: string;
  /** Name of the hospital. */
  hospital: string;
  /** Main diagnosis, ICD-10 category. */
  diagnosis: string;
  /** Whether the person stayed overnight. */
  inpatient: boolean;
  /** Who paid what. */
  payment: ClaimSettledPayment;
  /** Hospital that referred the person; null without referral. */
  referredFrom: null | string;
  /** Always true in this project: the record is generated and describes nobody. */
  synthetic: boolean;
}
export const ClaimSettled: z.ZodType<ClaimSettled> = z.object({
  claimId: z.string(),
  settledAt: ticksValue,
  insuredPerson: z.string(),
  ageBand: z.enum(['UNDER_18', 'FROM_18_TO_34', 'FROM_35_TO_59', 'FROM_60']),
  district: z.string(),
  hospital: z.string(),
  diagnosis: z.string(),
  inpatient: z.boolean(),
  payment: claimSettledPayment,
  referredFrom: z.union([z.null(), z.string()]),
  synthetic: z.boolean(),
});

// meteorology.weather-observation

/** What one weather station observed on one day. */
export interface WeatherObservation {
  /** Name of the station. All observations of a station keep their order. */
  station: string;
  /** Start of the observed day, UTC. (Milliseconds since 1970, UTC.) */
  observedAt: number;
  /** Rain and melted snow of the day, millimetres. */
  precipitation: number;
  /** Highest air temperature of the day, degrees Celsius. */
  temperatureMax: number;
  /** Lowest air temperature of the day, degrees Celsius. */
  temperatureMin: number;
  /** Wind speed of the day, as the source gives it. */
  wind: number;
  /** The day in one word. */
  condition: 'drizzle' | 'fog' | 'rain' | 'snow' | 'sun';
}
export const WeatherObservation: z.ZodType<WeatherObservation> = z.object({
  station: z.string(),
  observedAt: ticksValue,
  precipitation: doubleValue,
  temperatureMax: doubleValue,
  temperatureMin: doubleValue,
  wind: doubleValue,
  condition: z.enum(['drizzle', 'fog', 'rain', 'snow', 'sun']),
});

// planning-natural-resources.earthquake-report

/** A point below the surface. */
export interface EarthquakeReportEpicentre {
  /** Degrees north, WGS 84. */
  latitude: number;
  /** Degrees east, WGS 84. */
  longitude: number;
  /** Depth below the surface, kilometres; slightly negative above sea level. */
  depthKm: number;
}
const earthquakeReportEpicentre: z.ZodType<EarthquakeReportEpicentre> = z.object({
  latitude: doubleValue,
  longitude: doubleValue,
  depthKm: doubleValue,
});

/** One report about one seismic event: where, when and how strong. Later reports may correct earlier ones. */
export interface EarthquakeReport {
  /** Identifier given by the seismic network, for example ci37868143. All reports of an event keep their order. */
  earthquakeId: string;
  /** When the ground moved, UTC. (Milliseconds since 1970, UTC.) */
  occurredAt: number;
  /** When the network last changed this report, UTC. (Milliseconds since 1970, UTC.) */
  updatedAt: number;
  /** What shook the ground. */
  kind: 'earthquake' | 'explosion' | 'quarry_blast' | 'other';
  /** Magnitude on the scale that magnitudeType names; negative for the weakest. */
  magnitude: number;
  /** Scale of the magnitude, for example ml or mww; null when the network does not say. */
  magnitudeType: null | string;
  /** Where it was, in words, relative to the nearest town. */
  place: string;
  /** Where it began. */
  epicentre: EarthquakeReportEpicentre;
  /** Number of stations that the location rests on; null when unknown. */
  stations: null | number;
  /** How many people said that they felt it; null when nobody was asked. */
  feltReports: null | number;
  /** Whether a tsunami notice was issued in connection with it. */
  tsunami: boolean;
  /** Whether a seismologist has looked at it; false for automatic reports. */
  reviewed: boolean;
}
export const EarthquakeReport: z.ZodType<EarthquakeReport> = z.object({
  earthquakeId: z.string(),
  occurredAt: ticksValue,
  updatedAt: ticksValue,
  kind: z.enum(['earthquake', 'explosion', 'quarry_blast', 'other']),
  magnitude: doubleValue,
  magnitudeType: z.union([z.null(), z.string()]),
  place: z.string(),
  epicentre: earthquakeReportEpicentre,
  stations: z.union([z.null(), z.int32()]),
  feltReports: z.union([z.null(), z.int32()]),
  tsunami: z.boolean(),
  reviewed: z.boolean(),
});

// public-security.residence-registered

/** Where the person lives now. */
export interface ResidenceRegisteredAddress {
  /** District of the city. */
  district: string;
  /** Subdistrict (street office). */
  subdistrict: string;
  /** Number of the building in its subdistrict. */
  building: number;
}
const residenceRegisteredAddress: z.ZodType<ResidenceRegisteredAddress> = z.object({
  district: z.string(),
  subdistrict: z.string(),
  building: z.int32(),
});

/** SYNTHETIC. One person registered a residence: no record describes a real person or household. */
export interface ResidenceRegistered {
  /** Number of the registration. */
  registrationId: string;
  /** When the registration was made, UTC. (Milliseconds since 1970, UTC.) */
  registeredAt: number;
  /** Number of the person in the residence register. */
  person: string;
  /** Year of birth. */
  birthYear: number;
  /** Mobile number; null when none was given. Generated numbers begin with 000, which no network uses. */
  phone: null | string;
  /** Where the person lives now. */
  address: ResidenceRegisteredAddress;
  /** District of the residence before; null when the person came from elsewhere. */
  previousDistrict: null | string;
  /** On what ground the person lives there. */
  tenure: 'OWNED' | 'RENTED' | 'EMPLOYER' | 'FAMILY';
  /** Always true in this project: the record is generated and describes nobody. */
  synthetic: boolean;
}
export const ResidenceRegistered: z.ZodType<ResidenceRegistered> = z.object({
  registrationId: z.string(),
  registeredAt: ticksValue,
  person: z.string(),
  birthYear: z.int32(),
  phone: z.union([z.null(), z.string()]),
  address: residenceRegisteredAddress,
  previousDistrict: z.union([z.null(), z.string()]),
  tenure: z.enum(['OWNED', 'RENTED', 'EMPLOYER', 'FAMILY']),
  synthetic: z.boolean(),
});
