/** The suites by name; loaded one at a time, so that one that does not load leaves the others alone. */
import type { Suite } from '../case.ts';

/** Throws where there is no suite of that name. */
export async function loadSuite(name: string): Promise<Suite> {
  const load = SUITES[name];
  if (load === undefined) throw new Error(`unknown suite '${name}'`);
  return load();
}

const SUITES: Readonly<Record<string, () => Promise<Suite>>> = {
  dss: async () => (await import('./dss.ts')).dss,
  tsl: async () => (await import('./tsl.ts')).tsl,
  pkits: async () => (await import('./pkits.ts')).pkits,
  'x509-limbo': async () => (await import('./x509-limbo.ts')).x509Limbo,
  'boringssl-pki': async () => (await import('./boringssl-pki.ts')).boringsslPki,
  wycheproof: async () => (await import('./wycheproof.ts')).wycheproof,
  xmldsig: async () => (await import('./xmldsig.ts')).xmldsig,
  'xml-attacks': async () => (await import('./xml-attacks.ts')).xmlAttacks,
  'pdf-attacks': async () => (await import('./pdf-attacks.ts')).pdfAttacks,
  'pdf-odd': async () => (await import('./pdf-odd.ts')).pdfOdd,
  'asn1-odd': async () => (await import('./asn1-odd.ts')).asn1Odd,
};

export const suiteNames: readonly string[] = Object.keys(SUITES);
