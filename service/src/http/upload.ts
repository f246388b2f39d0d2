/** Uploads by multipart/form-data (RFC 7578): read whole, but never more than is allowed. */
import type { FastifyRequest } from 'fastify';
import { ServiceFault } from '../domain/fault.ts';

export interface ReceivedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Received {
  readonly file: ReceivedFile;
  /** Further files by the name of their part. */
  readonly others: ReadonlyMap<string, ReceivedFile>;
  readonly fields: Readonly<Record<string, string>>;
}

/** The parts of a request, with a file. Throws `ServiceFault` `bad-request`, `invalid`, `too-large` with the size that came. */
export async function receiveFile(request: FastifyRequest, maximum: number, name = 'file'): Promise<Received> {
  const { files, fields } = await receiveParts(request, maximum, 2);
  const file = files.get(name);
  if (!file) throw new ServiceFault('invalid', `The part \`${name}\` is missing.`, { field: name });
  files.delete(name);
  return { file, others: files, fields };
}

/** All parts of a request; `before` sees the fields before the first file is read. Throws `ServiceFault` `bad-request`, `too-large`. */
export async function receiveParts(
  request: FastifyRequest,
  maximum: number,
  most: number,
  before: (fields: Readonly<Record<string, string>>) => void = () => undefined,
): Promise<{ readonly files: Map<string, ReceivedFile>; readonly fields: Readonly<Record<string, string>> }> {
  if (!request.isMultipart()) throw new ServiceFault('bad-request', 'The body must be multipart/form-data with a file.');
  const files = new Map<string, ReceivedFile>();
  const fields: Record<string, string> = {};
  try {
    // What is beyond the limit is counted, not kept, so that the answer can name the size.
    for await (const part of request.parts({
      limits: { fileSize: COUNTED * maximum, files: most, fields: 20, fieldSize: 4096, parts: 30 },
    })) {
      if (part.type === 'file') {
        if (files.size === 0) before(fields);
        files.set(part.fieldname, await collected(part.file, part.filename ?? '', maximum));
      } else if (typeof part.value === 'string') fields[part.fieldname] = part.value;
    }
  } catch (error) {
    if (error instanceof ServiceFault) throw error;
    throw new ServiceFault('bad-request', 'The multipart body cannot be read.', {}, { cause: error });
  }
  return { files, fields };
}

async function collected(
  stream: AsyncIterable<Buffer> & { readonly truncated?: boolean },
  name: string,
  maximum: number,
): Promise<ReceivedFile> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream) {
    size += piece.length;
    if (size <= maximum) pieces.push(piece);
    else pieces.length = 0;
  }
  if (size > maximum) throw new ServiceFault('too-large', 'The file is too large.', { limit: maximum, size });
  return { name: name.slice(0, 300), bytes: Buffer.concat(pieces) };
}

const COUNTED = 4;
