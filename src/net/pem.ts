/** Reading PEM that a server sends (RFC 7468): leniently, since what it holds is read strictly. */
import type { Bytes } from '../base/bytes.ts';
import { fromBase64, fromLatin1 } from '../base/text.ts';

/** Contents of the first `most` blocks with this label; those that are not base64 are left out. */
export function fromPem(bytes: Bytes, label: string, most: number): Bytes[] {
  const begin = `-----BEGIN ${label}-----`;
  const end = `-----END ${label}-----`;
  const text = fromLatin1(bytes);
  const found: Bytes[] = [];
  for (let at = text.indexOf(begin); at >= 0 && found.length < most; at = text.indexOf(begin, at)) {
    const from = at + begin.length;
    const to = text.indexOf(end, from);
    if (to < 0) break;
    const content = fromBase64(text.slice(from, to));
    if (content) found.push(content);
    at = to + end.length;
  }
  return found;
}
