/** What the signing page shows, and the form that each act on it is. */
import type { Core, PictureKind } from '../domain/core.ts';
import { bareId } from '../domain/ids.ts';
import type { SigningView } from '../domain/signing.ts';
import type { Access } from './access.ts';
import { html, type Markup } from './markup.ts';
import type { Words } from './words.ts';

/** What a signer is told about the act before. */
export interface Told {
  readonly tone: 'good' | 'bad';
  readonly text: string;
  /** The code is spent: another one is needed. */
  readonly spent?: boolean;
  /** What was asked for and is wrong. */
  /** What was typed there. */
  readonly typed?: string;
  readonly about?: 'code' | 'consent' | 'reason' | 'number' | 'pictures';
}

export interface Shown {
  readonly core: Core;
  readonly view: SigningView;
  readonly access: Access;
  readonly words: Words;
  readonly told: Told | null;
  /** Pictures that are asked for, and which of them have arrived. */
  readonly pictures: readonly { readonly kind: PictureKind; readonly kept: boolean }[];
  /** Whose pages may show this one. */
  readonly ancestors: readonly string[];
}

/** A form of one act. A login leaves a frame: no provider lets itself be shown in one. */
export function form({ view: { signer }, access, words }: Shown, act: string, inner: Markup, withFiles = false): Markup {
  const marks = act === 'login' && access.framed ? html` target="_blank"` : html` data-act`;
  return html`<form method="post" action="/w/s/${bareId(signer.id)}/${act}?lang=${words.language}"${withFiles && html` enctype="multipart/form-data"`}${marks}><input type="hidden" name="session" value="${access.session}">${inner}</form>`;
}
