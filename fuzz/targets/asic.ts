/** ZIP archives and what ASiC makes of them (APPNOTE 6.3, EN 319 162-1), and evidence records (RFC 4998). */
import { openContainer } from '../../src/asic/container.ts';
import { readAsic } from '../../src/asic/read.ts';
import { concat, equal } from '../../src/base/bytes.ts';
import { orNull } from '../../src/base/parsed.ts';
import { readZip } from '../../src/zip/archive.ts';
import { readEntry } from '../../src/zip/content.ts';
import { rewriteZip } from '../../src/zip/write.ts';
import type { Target } from '../target.ts';

export const asicTarget: Target = {
  name: 'asic',
  what: 'a ZIP archive as an ASiC container',
  clause: 'EN 319 162-1, 4',
  format: 'zip',
  seeds: [{ folder: 'dss/files', endings: ['.asice', '.asics', '.sce', '.scs', '.bdoc', '.zip'], most: 200 }],
  longest: 65_536,
  milliseconds: 1500,
  accepts: (bytes) => openContainer(bytes).ok,
  read: (input) => {
    const facts = orNull(readAsic(input));
    return facts && [facts.container, facts.signatures, [...facts.timestamps.values()], facts.evidenceRecords, facts.unreadable];
  },
};

export const zipTarget: Target = {
  name: 'zip',
  what: 'a ZIP archive, every entry read and written again',
  clause: 'APPNOTE 6.3, 4.3',
  format: 'zip',
  seeds: [{ folder: 'dss/files', endings: ['.asice', '.asics', '.sce', '.scs', '.bdoc', '.zip'], most: 200 }],
  longest: 65_536,
  milliseconds: 1500,
  accepts: (bytes) => readZip(bytes).ok,
  read: (input) => {
    const archive = orNull(readZip(input));
    return archive?.entries.map((entry) => [entry, readEntry(archive, entry, LARGEST)]);
  },
  check: (input) => {
    const archive = orNull(readZip(input));
    // What leads astray is not written again.
    if (archive === null || archive.departures.length > 0) return null;
    const again = orNull(readZip(concat([...rewriteZip(archive, [], { time: 0 })])));
    if (again === null) return 'what was written of it cannot be read';
    for (const [i, entry] of archive.entries.entries()) {
      const copy = again.byName.get(entry.name);
      const [before, after] = [orNull(readEntry(archive, entry, LARGEST)), copy && orNull(readEntry(again, copy, LARGEST))];
      if (copy === undefined || (before === null) !== (after === null)) return `entry ${i} was lost when it was written`;
      if (before && after && !equal(before, after)) return `entry ${i} changed when it was written`;
    }
    return null;
  },
};

const LARGEST = 1 << 22;
