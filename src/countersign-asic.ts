/** A countersignature on one of the CAdES signatures of a container (RFC 5652, 11.4; EN 319 162-1). */
import { listedFiles } from './asic/archive.ts';
import { withFiles } from './asic/build.ts';
import type { AsicContainer } from './asic/container.ts';
import { containerOf } from './augment-asic.ts';
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { joinSources } from './base/joined-source.ts';
import { type Sink, type Source, sourceOf } from './base/source.ts';
import { parseSignedData } from './cms/signed-data.ts';
import { type CountersignOptions, countersigned } from './sign-cades.ts';
import { readEntry } from './zip/content.ts';
import { writeParts, type ZipPart } from './zip/write.ts';

/** Level B or T; `signature`: number of the signature from 0, file after file in the order of the container. */
export type AsicCountersignOptions = Omit<CountersignOptions, 'detached'>;

/**
 * The container with a countersignature; every other file, and every signature that is there, stays octet for octet. Throws as `countersign`,
 * and `refused` where a time-stamp, record or signature is over the signature file.
 */
export async function countersignInContainer(container: Bytes | Source, options: AsicCountersignOptions): Promise<Bytes> {
  const whole = joinSources([...(await countersignedParts(container, options))]);
  return whole.read(0, whole.size);
}

/** As {@link countersignInContainer}, written piece by piece. */
export async function countersignInContainerTo(sink: Sink, container: Bytes | Source, options: AsicCountersignOptions): Promise<void> {
  return writeParts(sink, await countersignedParts(container, options));
}

async function countersignedParts(document: Bytes | Source, options: AsicCountersignOptions): Promise<Iterable<ZipPart>> {
  const { signature = 0, level = 'B' } = options;
  if (level === 'LT' || level === 'LTA')
    throw new Fault('bad-option', `countersign at level B or T, then extend the container to ${level}`);
  const container = containerOf(document);
  const [departure] = container.archive.departures;
  if (departure !== undefined) throw new Fault('refused', `this container is not sound: ${departure}`);
  const { name, bytes, number } = signatureNumber(container, signature);
  if (listedFiles(container).has(name))
    throw new Fault('refused', `a manifest of this container lists ${name}: a countersignature in it would break what is over that`);
  const content = await countersigned(sourceOf(bytes), { ...options, signature: number }, 'countersignInContainer');
  return withFiles(container, [{ name, content }], options.at, [name]);
}

/** The file that holds the signature of this number, and its number in there. */
function signatureNumber(
  container: AsicContainer,
  wanted: number,
): { readonly name: string; readonly bytes: Bytes; readonly number: number } {
  let number = wanted;
  for (const name of container.signatures) {
    const entry = container.archive.byName.get(name);
    const bytes = entry && readEntry(container.archive, entry, LARGEST);
    const signedData = bytes?.ok ? parseSignedData(bytes.value, { trailing: 'keep' }) : null;
    if (!bytes?.ok || !signedData?.ok) throw new Fault('malformed-input', `the file ${name} of the container cannot be read`);
    if (number < signedData.value.signerInfos.length) return { name, bytes: bytes.value, number };
    number -= signedData.value.signerInfos.length;
  }
  throw new Fault('bad-option', `the container has ${wanted - number} CAdES signatures, no number ${wanted}`);
}

/** Octets of a signature file. */
const LARGEST = 1 << 28;
