/** The order in which a line is seen that mixes directions: embedding levels by the implicit rules of UAX #9 (marks of explicit direction count as nothing). */

/** Levels of each UTF-16 unit of a line; odd ones are read from the right. */
export interface BidiLevels {
  readonly paragraph: 0 | 1;
  readonly levels: Uint8Array;
}

type BidiClass = 'L' | 'R' | 'AL' | 'EN' | 'AN' | 'ES' | 'ET' | 'CS' | 'NSM' | 'BN' | 'WS' | 'ON';

/** P2 to I2 and L1 for one line. */
export function bidiLevels(text: string): BidiLevels {
  const characters = [...text];
  const given = characters.map(classOf);
  const first = given.find((one) => one === 'L' || one === 'R' || one === 'AL');
  const paragraph = first === undefined || first === 'L' ? 0 : 1;
  const embedding: 'L' | 'R' = paragraph === 0 ? 'L' : 'R';
  const classes = weak(given, embedding);
  neutral(classes, characters, given, embedding);
  const levels = new Uint8Array(text.length);
  let at = 0;
  characters.forEach((character, i) => {
    const level = levelOf(classes[i] as BidiClass, paragraph);
    for (let unit = 0; unit < character.length; unit++) levels[at++] = level;
  });
  // L1: white space at the end of the line.
  for (let i = text.length - 1; i >= 0 && /\s/u.test(text[i] as string); i--) levels[i] = paragraph;
  return { paragraph, levels };
}

/** L2: from the highest level down, each stretch at that level or above is turned around. */
export function visualOrder<T extends { readonly level: number }>(runs: readonly T[]): T[] {
  const order = [...runs];
  const highest = order.reduce((most, { level }) => Math.max(most, level), 0);
  for (let level = highest; level > 0; level--) {
    for (let from = 0; from < order.length; from++) {
      let to = from;
      while (to < order.length && (order[to] as T).level >= level) to++;
      if (to > from) order.splice(from, to - from, ...order.slice(from, to).reverse());
      from = Math.max(from, to);
    }
  }
  return order;
}

/** W1 to W7; what is removed (X9) takes the class of what stands before it. */
function weak(given: readonly BidiClass[], embedding: 'L' | 'R'): BidiClass[] {
  const classes = [...given];
  let before: BidiClass = embedding;
  classes.forEach((one, i) => {
    if (one === 'NSM' || one === 'BN') classes[i] = before;
    before = classes[i] as BidiClass;
  });
  let strong: BidiClass = embedding;
  classes.forEach((one, i) => {
    if (one === 'L' || one === 'R' || one === 'AL') strong = one;
    else if (one === 'EN' && strong === 'AL') classes[i] = 'AN';
  });
  classes.forEach((one, i) => {
    if (one === 'AL') classes[i] = 'R';
  });
  for (let i = 1; i + 1 < classes.length; i++) {
    const [left, one, right] = [classes[i - 1], classes[i], classes[i + 1]];
    if ((one === 'ES' || one === 'CS') && left === 'EN' && right === 'EN') classes[i] = 'EN';
    else if (one === 'CS' && left === 'AN' && right === 'AN') classes[i] = 'AN';
  }
  for (let i = 0; i < classes.length; i++) {
    if (classes[i] !== 'ET') continue;
    let end = i;
    while (classes[end] === 'ET') end++;
    const number = classes[i - 1] === 'EN' || classes[end] === 'EN';
    for (; i < end; i++) classes[i] = number ? 'EN' : 'ON';
    i--;
  }
  strong = embedding;
  classes.forEach((one, i) => {
    if (one === 'ES' || one === 'CS') classes[i] = 'ON';
    else if (one === 'L' || one === 'R') strong = one;
    else if (one === 'EN' && strong === 'L') classes[i] = 'L';
  });
  return classes;
}

/** N0 to N2. */
function neutral(classes: BidiClass[], characters: readonly string[], given: readonly BidiClass[], embedding: 'L' | 'R'): void {
  for (const [open, close] of pairs(characters, classes)) {
    const inside = classes.slice(open + 1, close).map(direction);
    let resolved: 'L' | 'R' | null = null;
    if (inside.includes(embedding)) resolved = embedding;
    else if (inside.some((one) => one !== null)) {
      const context = lastDirection(classes, open, embedding);
      resolved = context === embedding ? embedding : context;
    }
    if (resolved === null) continue;
    for (const at of [open, close]) {
      classes[at] = resolved;
      for (let i = at + 1; given[i] === 'NSM'; i++) classes[i] = resolved;
    }
  }
  for (let i = 0; i < classes.length; i++) {
    if (direction(classes[i] as BidiClass) !== null) continue;
    let end = i;
    while (end < classes.length && direction(classes[end] as BidiClass) === null) end++;
    const before = i === 0 ? embedding : direction(classes[i - 1] as BidiClass);
    const after = end === classes.length ? embedding : direction(classes[end] as BidiClass);
    const resolved = before === after && before !== null ? before : embedding;
    for (; i < end; i++) classes[i] = resolved;
    i--;
  }
}

/** Numbers count as read from the right among neutrals. */
const direction = (one: BidiClass): 'L' | 'R' | null => (one === 'L' ? 'L' : one === 'R' || one === 'EN' || one === 'AN' ? 'R' : null);

function lastDirection(classes: readonly BidiClass[], before: number, embedding: 'L' | 'R'): 'L' | 'R' {
  for (let i = before - 1; i >= 0; i--) {
    const found = direction(classes[i] as BidiClass);
    if (found !== null) return found;
  }
  return embedding;
}

/** Brackets that belong together, in the order in which they open (BD16). */
function pairs(characters: readonly string[], classes: readonly BidiClass[]): [number, number][] {
  const found: [number, number][] = [];
  const open: { readonly close: string; readonly at: number }[] = [];
  characters.forEach((character, at) => {
    if (classes[at] !== 'ON') return;
    const close = BRACKETS.get(character);
    if (close !== undefined && open.length < MOST_OPEN) open.push({ close, at });
    const mate = open.findLastIndex((one) => one.close === character);
    if (mate < 0) return;
    found.push([(open[mate] as { at: number }).at, at]);
    open.length = mate;
  });
  return found.sort(([a], [b]) => a - b);
}

/** I1 and I2. */
function levelOf(one: BidiClass, paragraph: 0 | 1): number {
  if (paragraph === 0) return one === 'R' ? 1 : one === 'L' ? 0 : 2;
  return one === 'R' ? 1 : 2;
}

function classOf(character: string): BidiClass {
  const code = character.codePointAt(0) ?? 0;
  if ((code >= 0x30 && code <= 0x39) || (code >= 0x6f0 && code <= 0x6f9) || EUROPEAN.test(character)) return 'EN';
  if (ARABIC_NUMBER.test(character)) return 'AN';
  if (code === 0x200e) return 'L';
  if (code === 0x200f) return 'R';
  if (code === 0x61c) return 'AL';
  if (/[\p{Mn}\p{Me}]/u.test(character)) return 'NSM';
  if (/[\p{Cf}\p{Cc}]/u.test(character)) return 'BN';
  if (SEPARATOR.test(character)) return 'CS';
  if (SIGN.test(character)) return 'ES';
  if (TERMINATOR.test(character)) return 'ET';
  if (/\p{Zs}/u.test(character)) return 'WS';
  if (RIGHT_TO_LEFT.test(character)) return ARABIC.test(character) ? 'AL' : 'R';
  if (/[\p{L}\p{N}\p{Mc}\u0964\u0965]/u.test(character)) return 'L';
  return /[\p{Script=Common}\p{Script=Inherited}\p{Script=Greek}]/u.test(character) ? 'ON' : 'L';
}

const EUROPEAN = /[\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\uff10-\uff19]/;
const ARABIC_NUMBER = /[\u0600-\u0605\u0660-\u0669\u066b\u066c\u06dd]/;
const SEPARATOR = /[,./:\u00a0\u060c\u202f\u2044\uff0c\uff0e\uff0f\uff1a]/;
const SIGN = /[+\-\u207a\u207b\u208a\u208b\u2212\uff0b\uff0d]/;
const TERMINATOR = /[#%\p{Sc}\u00b0\u00b1\u0609\u060a\u066a\u2030-\u2034\u2213\uff03\uff05]/u;
const ARABIC = /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\u061b-\u061f\u0640]/u;
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}\u061b-\u061f\u0640]/u;
const BRACKETS = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
  ['\u2329', '\u232a'],
  ['\u3008', '\u3009'],
  ['\u300a', '\u300b'],
  ['\u300c', '\u300d'],
  ['\u3010', '\u3011'],
]);
/** BD16. */
const MOST_OPEN = 63;
