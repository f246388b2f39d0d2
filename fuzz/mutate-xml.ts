/** Mutations of an XML document: its tags, texts and attributes left out, doubled, moved, exchanged with another's; and octets anywhere. */
import type { Bytes } from '../src/base/bytes.ts';
import { fromLatin1, latin1 } from '../src/base/text.ts';
import { mutateOctets } from './mutate-octets.ts';
import type { Random } from './random.ts';

export function mutateXml(bytes: Bytes, random: Random, other: Bytes): Bytes {
  if (random.once(4)) return mutateOctets(bytes, random, other);
  const pieces = piecesOf(bytes);
  const others = piecesOf(other);
  for (let rounds = 1 + random.below(4); rounds > 0; rounds--) random.pick(MUTATIONS)(pieces, random, others);
  return latin1(pieces.join('').slice(0, LONGEST));
}

/** Markup and what stands between, octet by character. */
const piecesOf = (bytes: Bytes): string[] =>
  fromLatin1(bytes.subarray(0, LONGEST)).match(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<[^>]*>|[^<]+|</g) ?? [''];

type PieceMutation = (pieces: string[], random: Random, others: readonly string[]) => void;

const at = (pieces: readonly string[], random: Random): number => random.below(pieces.length);
const change = (pieces: string[], random: Random, by: (piece: string) => string): void => {
  const place = at(pieces, random);
  pieces[place] = by(pieces[place] ?? '');
};

const MUTATIONS: readonly PieceMutation[] = [
  /* left out */ (pieces, random) => void pieces.splice(at(pieces, random), 1 + random.below(3)),
  /* doubled */ (pieces, random) => {
    const place = at(pieces, random);
    const some = pieces.slice(place, place + 1 + random.below(6));
    for (let times = random.once(20) ? 40 : 1; times > 0; times--) pieces.splice(place, 0, ...some);
  },
  /* moved */ (pieces, random) => pieces.splice(at(pieces, random), 0, ...pieces.splice(at(pieces, random), 1 + random.below(6))),
  /* exchanged with another document's */ (pieces, random, others) => {
    const from = at(others, random);
    pieces.splice(at(pieces, random), random.below(3), ...others.slice(from, from + 1 + random.below(6)));
  },
  /* put in */ (pieces, random) => void pieces.splice(at(pieces, random), 0, random.pick(PIECES)),
  /* put in and ended later */ (pieces, random) => {
    const place = at(pieces, random);
    const name = random.pick(NAMES);
    pieces.splice(Math.min(pieces.length, place + 1 + random.below(8)), 0, `</${name}>`);
    pieces.splice(place, 0, `<${name}${random.once(2) ? random.pick(ATTRIBUTES) : ''}>`);
  },
  /* an attribute more */ (pieces, random) =>
    change(pieces, random, (piece) => piece.replace(/(\s|\/?>)/, (found) => `${random.pick(ATTRIBUTES)}${found}`)),
  /* attributes turned round */ (pieces, random) =>
    change(pieces, random, (piece) => {
      const attributes = piece.match(/\s+[^\s=<>]+\s*=\s*("[^"]*"|'[^']*')/g) ?? [];
      let place = attributes.length;
      return piece.replace(/\s+[^\s=<>]+\s*=\s*("[^"]*"|'[^']*')/g, () => attributes[--place] ?? '');
    }),
  /* other quotes */ (pieces, random) => change(pieces, random, (piece) => piece.replace(/"([^"']*)"/g, "'$1'")),
  /* space inside a tag */ (pieces, random) =>
    change(pieces, random, (piece) =>
      piece.replace(/[\s=>]/, (found) => `${random.pick(SPACES)}${found}${found === '>' ? '' : random.pick(SPACES)}`),
    ),
  /* empty */ (pieces, random) => change(pieces, random, (piece) => (piece.startsWith('<') ? piece.replace(/\/?>$/, '/>') : '')),
  /* another prefix */ (pieces, random) =>
    change(pieces, random, (piece) => piece.replace(/(<\/?)([\w.-]+:)?/, (_, open: string) => `${open}${random.pick(PREFIXES)}`)),
  /* text with something in it */ (pieces, random) =>
    change(pieces, random, (piece) => {
      const place = random.below(piece.length + 1);
      return piece.slice(0, place) + random.pick(TEXTS) + piece.slice(place);
    }),
];

const PREFIXES = ['', 'p:', 'ds:', 'xml:', 'xmlns:', 'q:'] as const;
const NAMES = ['a', 'b', 'p:c', 'ds:Object', 'ds:Signature', 'x\u00c3\u00a4'] as const;
const SPACES = ['', ' ', '\n', '\t', '\r\n', '  '] as const;
const ATTRIBUTES = [
  ' a="1"', ' b=\'2\'', ' xml:lang="en"', ' xml:id="i"', ' xml:base="../x"', ' xml:space="preserve"', ' xmlns="urn:d"', ' xmlns=""', ' xmlns:p="urn:p"',
  ' xmlns:p="urn:q"', ' p:a="3"', ' Id="same"', ' c="&#10;&lt;&quot;"', ' d="x\n\ty"', ' xmlns:q="urn:p"', ' q:a="4"', ' e=">"', ' f=\'"\'', '  g="6"',
] as const; // biome-ignore format: a table
const TEXTS = [
  '&amp;',
  '&gt;',
  '>',
  '&#13;',
  '&#xD;',
  '\r',
  '\r\n',
  ']]',
  ']]>',
  '&#x1F600;',
  '\u00c3\u00a4',
  '&#0;',
  '&x;',
  '\u0000',
  '&#x10FFFF;',
  "'",
  '"',
] as const;
const PIECES = [
  '<!-- c -->', '<!---->', '<?t d?>', '<?t?>', '<![CDATA[x&>]]>', '<![CDATA[]]>', '&amp;', '<a/>', '<p:b xmlns:p="urn:p"/>', '\n', '<!DOCTYPE a>', '<?xml version="1.0"?>',
] as const; // biome-ignore format: a table
const LONGEST = 60_000;
