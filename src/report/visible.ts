/** Foreign text made safe to look at: characters that hide, reorder or control are shown as what they are. */

/**
 * `text` on one line, with every control, bidirectional-control, invisible and unassigned-tag character written as its code
 * point (`‹U+202E›`). Joiners stay: scripts such as Persian and Hindi need them.
 */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => {
    if (character === '\n' || character === '\t' || character === '\r') return ' ';
    return `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`;
  });
}

/** C0 and C1 controls, soft hyphen, bidi marks, embeddings, overrides and isolates, invisible fillers, tags, lone surrogates. */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}\ud800-\udfff]/gu;
