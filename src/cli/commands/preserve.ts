/** `adeskit preserve`: evidence records over any files, made, renewed and put into signatures (RFC 4998, RFC 6283). */
import type { Bytes } from '../../base/bytes.ts';
import { asSource, type Source } from '../../base/source.ts';
import { pieces } from '../../crypto/digest.ts';
import { embedRecord, preserve as makeRecord, preserveContainerTo, renewRecordHashTree, renewRecordTimestamp } from '../../preserve.ts';
import { preserveInContainerTo, renewInContainerTo } from '../../preserve-asic.ts';
import { preserveXml, sealRecord } from '../../preserve-xml.ts';
import { type Arguments, type Command, oneOf, Usage } from '../arguments.ts';
import { withFiles } from '../asic.ts';
import { namedFile, outputFor, readBytes, writeWhole } from '../files.ts';
import { appearanceFrom, authorityFrom } from '../signing.ts';
import type { Terminal } from '../terminal.ts';

export const preserve: Command = {
  name: 'preserve',
  summary: 'make an evidence record over files, or renew one before it weakens',
  usage: [
    'IN… -o OUT --tsa URL [--format ers|xml|asic-s|asic-e|cades|xades] [--digest NAME]',
    'CONTAINER -o OUT --tsa URL --inside [--digest NAME]',
    'RECORD|CONTAINER -o OUT --tsa URL --renew timestamp',
    'RECORD|CONTAINER -o OUT --tsa URL --renew hash-tree [--detached FILE…] [--digest NAME]',
  ],
  positionals: [1, Number.MAX_SAFE_INTEGER],
  options: {
    output: { value: 'OUT', short: 'o', help: 'the record, or the container or signature with it' },
    format: {
      value: 'NAME',
      help: 'ers (default): the record alone, in ASN.1; xml: the same in XML; asic-s, asic-e: a container with the files; cades, xades: in the CMS or XML signature IN',
    },
    inside: { help: 'IN is an ASiC-E container: the record goes into it, over every file that it holds' },
    renew: { value: 'WHAT', help: 'timestamp: before its certificate or algorithm fails; hash-tree: before the digest of the tree fails' },
    detached: {
      value: 'FILE[=NAME]',
      many: true,
      help: 'files of the record (--renew hash-tree), or what a detached signature is over (cades, xades)',
    },
    tsa: { value: 'URL', many: true, help: 'time-stamping authority; several are tried in turn' },
    digest: { value: 'NAME', help: 'of the hash tree: sha256 (default), sha384, sha512, sha3-256, sha3-384 or sha3-512 (renewed: sha512)' },
  },
  examples: [
    ['a record over files that belong together', 'adeskit preserve a.pdf b.xml -o ab.ers --tsa http://tsa.example'],
    ['its validation', 'adeskit validate ab.ers --detached a.pdf --detached b.xml --trust anchors/'],
    ['into an XML signature', 'adeskit preserve signed.xml -o kept.xml --format xades --tsa http://tsa.example'],
    ['one over all that a container holds', 'adeskit preserve signed.asice -o kept.asice --inside --tsa http://tsa.example'],
    ['another time-stamp before the last one ages', 'adeskit preserve ab.ers -o ab2.ers --renew timestamp --tsa http://tsa.example'],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  const inputs = args.positionals;
  const [input = ''] = inputs;
  const target = args.get('output');
  if (target === undefined) throw new Usage('preserve: -o OUT is missing');
  const format = oneOf(args, 'format', FORMATS, 'ers');
  const renew = args.has('renew') ? oneOf(args, 'renew', ['timestamp', 'hash-tree'], 'timestamp') : null;
  const inside = args.has('inside');
  if ((renew !== null || inside) && (args.has('format') || inputs.length > 1 || (inside && renew !== null)))
    throw new Usage(`preserve: ${inside ? '--inside takes one container' : '--renew takes one record or container'}, and no --format`);
  if (args.has('detached') && renew !== 'hash-tree' && format !== 'cades' && format !== 'xades')
    throw new Usage('preserve: --detached goes with --renew hash-tree, --format cades or xades');
  const output = outputFor(input, target, false);
  const timestamps = await authorityFrom(args);
  if (timestamps === undefined) throw new Usage('preserve: --tsa URL is missing');
  const { digest } = appearanceFrom(args);
  const options = { timestamps, ...(digest && { digest }) };
  const named = args.all('detached').map(namedFile);
  await writeWhole(output, (sink) =>
    withFiles([...inputs, ...named.map(({ path }) => path)], async (files) => {
      const contents = files.map(({ content }) => content);
      const [first] = contents;
      const isContainer = first !== undefined && isZip(first);
      if (inside && first !== undefined) return preserveInContainerTo(sink, first, { ...options, at: Date.now() });
      if (renew !== null && isContainer) return renewInContainerTo(sink, first, { ...options, renew, at: Date.now() });
      if (renew === 'timestamp') return sink.write(await renewRecordTimestamp(readBytes(input), { timestamps }));
      if (renew === 'hash-tree') return sink.write(await renewRecordHashTree(readBytes(input), contents.slice(1), options));
      if (format === 'asic-s' || format === 'asic-e') return preserveContainerTo(sink, files, { ...options, format, at: Date.now() });
      if (format === 'ers') return sink.write(await makeRecord(contents, options));
      if (format === 'xml') return sink.write(await preserveXml(contents, options));
      if (first === undefined || inputs.length > 1)
        throw new Usage(`preserve: --format ${format} takes one signature, and what it is over by --detached`);
      const beside = contents.slice(1);
      if (format === 'xades') {
        const detached = beside.map((bytes, i) => ({ name: named[i]?.name ?? '', bytes }));
        return sink.write(await sealRecord(first, { ...options, detached }));
      }
      const [detached, more] = beside;
      if (more !== undefined) throw new Usage('preserve: --format cades takes one content by --detached');
      for (const piece of pieces(await embedRecord(first, { ...options, ...(detached && { detached }) }))) sink.write(piece);
    }),
  );
  at.out(`${output}: ${renew === null ? 'preserved' : 'renewed'}\n`);
  return 0;
}

const FORMATS = ['ers', 'xml', 'asic-s', 'asic-e', 'cades', 'xades'] as const;

const isZip = (document: Bytes | Source): boolean => {
  const [p, k, three, four] = asSource(document).read(0, 4);
  return p === 0x50 && k === 0x4b && three === 3 && four === 4;
};
