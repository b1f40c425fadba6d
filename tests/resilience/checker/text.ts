import type { Violation } from './facts.js';

export const violationText = ({ kind, where, detail }: Violation): string => `${kind} ${where}: ${detail}`;
