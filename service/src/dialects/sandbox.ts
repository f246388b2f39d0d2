/** Signers that test mode plays, by the first part of their address; for interfaces whose vendors name none. */
import type { Realm, Simulation } from '../domain/model.ts';

/** `sign.success@…` signs, `sign.fail@…` cannot be identified, `sign.timeout@…` never acts; null for everybody else, and in live mode. */
export function simulationFor({ mode }: Realm, email: string): Simulation | null {
  return mode === 'test' ? (PLAYED[email.slice(0, email.lastIndexOf('@')).toLowerCase()] ?? null) : null;
}

const PLAYED: Readonly<Record<string, Simulation>> = {
  'sign.success': 'signs',
  'sign.fail': 'fails-verification',
  'sign.timeout': 'never-acts',
};
