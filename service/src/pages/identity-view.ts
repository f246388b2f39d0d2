/** The part of the signing page where signers show who they are: a number, pictures, a login. */
import type { PictureKind } from '../domain/core.ts';
import { isChecked } from '../domain/signing.ts';
import { html, type Markup } from './markup.ts';
import { form, type Shown } from './shown.ts';

/** A number, and pictures where they are asked for. */
export function identityForm(shown: Shown): Markup {
  const { view, words, told, pictures } = shown;
  const played = view.request.realm.mode === 'test' && isChecked(view.signer);
  const withPictures = pictures.length > 0;
  const wrong = told?.about === 'number';
  return html`${played && html`<p class="soft">${words.identityPlayed}</p>`}
<p>${withPictures ? words.picturesText : words.numberText}</p>
${form(
  shown,
  'identity',
  html`<label for="number">${words.identityLabel}</label>
<input id="number" name="number" maxlength="40" required autocomplete="off" value="${told?.typed ?? ''}"${wrong && html` aria-invalid="true" aria-describedby="notice" data-focus`}>
${pictures.map((picture) => pictureField(shown, picture))}
<button type="submit">${withPictures ? words.sendPictures : words.identityCheck}</button>
${withPictures && played && html`<button type="submit" class="plain" name="sample" value="yes" formnovalidate>${words.samplePictures}</button>`}`,
  withPictures,
)}`;
}

function pictureField({ words, told }: Shown, { kind, kept }: { readonly kind: PictureKind; readonly kept: boolean }): Markup {
  const missing = told?.about === 'pictures' && !kept;
  return html`<div class="picture" data-picture="${kind}">
<label for="${kind}">${words.picture[kind]}</label>
<p class="soft" id="${kind}-hint">${words.pictureHint[kind]}</p>
${kept && html`<p class="kept" id="${kind}-kept">${words.pictureKept}</p>`}
<img alt="" hidden>
<input type="file" id="${kind}" name="${kind}" accept="image/jpeg"${!kept && html` required`} aria-describedby="${kind}-hint${kept ? ` ${kind}-kept` : ''}${missing ? ' notice' : ''}"${missing && html` aria-invalid="true"`}>
<div class="ways"><label for="${kind}" class="button plain" hidden>${words.choosePicture}</label>
<button type="button" class="plain" data-camera="${kind}" data-take="${words.takePicture}" data-close="${words.closeCamera}" data-none="${words.noCamera}" aria-label="${words.useCamera}: ${words.picture[kind]}" hidden>${words.useCamera}</button></div>
<p class="soft" role="status"></p>
</div>`;
}

/** Somebody looks at what was shown. */
export const checkingPart = (shown: Shown): Markup => html`<p role="status">${shown.words.checkingText}</p>
${form(shown, 'look', html`<button type="submit" class="plain">${shown.words.lookAgain}</button>`)}`;

export function loginForm(shown: Shown): Markup {
  const { core, words, access } = shown;
  const name = core.identityProvider?.name ?? '';
  return html`<p>${words.providerText(name)}</p>
${access.framed && html`<p class="soft">${words.providerNewTab}</p>`}
${form(shown, 'login', html`<button type="submit">${words.providerGo(name)}</button>`)}`;
}
