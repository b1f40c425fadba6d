/** Where in the schema's JSON something stands; built outside in, written out only when there is something to say. */
export interface Place {
  readonly parent: Place | null;
  readonly step: string;
}

export const ROOT_PLACE: Place = { parent: null, step: '$' };

export const below = (parent: Place, step: string | number): Place => ({
  parent,
  step: typeof step === 'number' ? `[${step}]` : `.${step}`,
});

function pathOf(place: Place): string {
  const steps: string[] = [];
  for (let at: Place | null = place; at !== null; at = at.parent) steps.push(at.step);
  return steps.reverse().join('');
}

/** Ends the reading of a schema. Never leaves this library: `readSchema` answers with a finding instead. */
export class Refused extends Error {
  readonly path: string;

  constructor(reason: string, place: Place = ROOT_PLACE) {
    super(reason);
    this.path = pathOf(place);
  }
}
