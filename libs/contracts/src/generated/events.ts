// Generated from schemas/ by `npm run generate`. Do not edit.

// bao-an.flight-movement

/** One flight movement and how late it was. */
export interface FlightMovement {
  /** Number of the flight in this feed, counted from 0; never used twice. */
  flightId: number;
  /** Date and time of the flight: local time as the source records it, read as UTC. */
  date: number;
  /** Delay, minutes; negative when early. */
  delay: number;
  /** Distance flown, miles. */
  distance: number;
  /** IATA code of the airport of departure. */
  origin: string;
  /** IATA code of the airport of arrival. */
  destination: string;
  /** When the flight desk took the record in, UTC. */
  ingestedAt: number;
}

// medical-insurance.claim-settled

/** SYNTHETIC. One settled claim of one insured person: no record describes a real person, hospital visit or payment. */
export interface ClaimSettled {
  /** Number of the claim. */
  claimId: string;
  /** When the claim was settled, UTC. */
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

/** Who paid what, in fen (1/100 yuan). */
export interface ClaimSettledPayment {
  /** Full cost, fen. */
  totalFen: number;
  /** Paid by the medical insurance fund, fen. */
  fundFen: number;
  /** Paid by the insured person, fen. */
  selfFen: number;
}

// meteorology.weather-observation

/** What one weather station observed on one day. */
export interface WeatherObservation {
  /** Name of the station. All observations of a station keep their order. */
  station: string;
  /** Start of the observed day, UTC. */
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

// planning-natural-resources.earthquake-report

/** One report about one seismic event: where, when and how strong. Later reports may correct earlier ones. */
export interface EarthquakeReport {
  /** Identifier given by the seismic network, for example ci37868143. All reports of an event keep their order. */
  earthquakeId: string;
  /** When the ground moved, UTC. */
  occurredAt: number;
  /** When the network last changed this report, UTC. */
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

/** A point below the surface. */
export interface EarthquakeReportEpicentre {
  /** Degrees north, WGS 84. */
  latitude: number;
  /** Degrees east, WGS 84. */
  longitude: number;
  /** Depth below the surface, kilometres; slightly negative above sea level. */
  depthKm: number;
}

// public-security.residence-registered

/** SYNTHETIC. One person registered a residence: no record describes a real person or household. */
export interface ResidenceRegistered {
  /** Number of the registration. */
  registrationId: string;
  /** When the registration was made, UTC. */
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

/** Where the person lives now. */
export interface ResidenceRegisteredAddress {
  /** District of the city. */
  district: string;
  /** Subdistrict (street office). */
  subdistrict: string;
  /** Number of the building in its subdistrict. */
  building: number;
}
