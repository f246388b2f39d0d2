/** Contents of ZIP entries, piece by piece: an entry need not fit in memory, and what disagrees with its checksum is no content. */
import { type Bytes, concat } from '../base/bytes.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { passing } from '../base/source.ts';
import { crc32, inflate } from '../platform/deflate.ts';
import { inflatedPieces } from '../platform/inflate.ts';
import type { ZipArchive, ZipEntry } from './archive.ts';

/**
 * The content in pieces, each good until the next is asked for. Throws `Unreadable` where the data is damaged or does not have the
 * size and checksum that the directory says; a caller must not use what came before. See {@link readEntry} and {@link overEntry} for the door.
 */
export function* entryPieces({ source }: ZipArchive, entry: ZipEntry): Generator<Bytes, void, void> {
  let size = 0;
  let crc = 0;
  for (const piece of rawPieces(source, entry)) {
    size += piece.length;
    crc = crc32(piece, crc);
    yield piece;
  }
  checkEntry(entry, size, crc);
}

function checkEntry(entry: ZipEntry, size: number, crc: number): void {
  if (size !== entry.size) unreadable('ZIP entry', entry.start, `${size} octets where the directory says ${entry.size}`);
  if (crc !== entry.crc) unreadable('ZIP entry', entry.start, 'its checksum is not that of the directory');
}

/** Hands the pieces to `use` in order; the result says whether the whole was good. */
export function overEntry(archive: ZipArchive, entry: ZipEntry, use: (piece: Bytes) => void): Parsed<null> {
  return attempt(() => {
    for (const piece of entryPieces(archive, entry)) use(piece);
    return null;
  });
}

/** The content in one array; unreadable where it is larger than `limit` octets. */
export function readEntry(archive: ZipArchive, entry: ZipEntry, limit: number): Parsed<Bytes> {
  return attempt(() => {
    if (entry.size > limit) return unreadable('ZIP entry', entry.start, `it is larger than ${limit} octets`);
    if (entry.method === 'stored') {
      const bytes = archive.source.read(entry.data, entry.size);
      checkEntry(entry, bytes.length, crc32(bytes));
      return bytes;
    }
    const pieces: Bytes[] = [];
    for (const piece of entryPieces(archive, entry)) pieces.push(entry.size > AT_ONCE ? piece.slice() : piece);
    return pieces.length === 1 ? (pieces[0] as Bytes) : concat(pieces);
  });
}

function* rawPieces(source: ZipArchive['source'], entry: ZipEntry): Generator<Bytes, void, void> {
  const { data, compressedSize, size, method, start } = entry;
  if (method === 'stored') {
    return yield* passing(source, [{ offset: data, length: compressedSize }]);
  }
  if (size > AT_ONCE) return yield* inflatedPieces(source, data, compressedSize, size);
  const deflated = source.read(data, compressedSize);
  const { bytes, outcome } = inflate(deflated, size, 'raw');
  // The runtime passes over what follows the end of the stream; the slow way does not.
  if (outcome !== 'complete')
    unreadable('ZIP entry', start, outcome === 'limit' ? 'it is larger than the directory says' : `its data is ${outcome}`);
  yield bytes;
}

/** Inflated by the runtime in one go up to here: some times faster than piece by piece. */
const AT_ONCE = 1 << 24;
