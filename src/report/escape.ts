/** Text made markup that shows it (HTML and XML have these five references in common). */

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

/** Foreign text in an element of its own, so that its direction cannot reorder what stands around it. */
export const isolated = (text: string): string => `<bdi>${escaped(text)}</bdi>`;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
