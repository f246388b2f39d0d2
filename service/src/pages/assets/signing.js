/** The signing page without reloading: forms are sent, the panel is replaced, a frame's owner is told. Without this script the same forms work. */

const panel = document.getElementById('panel');
const announcement = document.getElementById('announcement');
let known = '';
/** States that end without an act on this page. */
const WATCHED = ['signed', 'not-your-turn', 'checking', 'login', 'viewing'];

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('#panel form[data-act]')) return;
  event.preventDefault();
  void send(form, event.submitter);
});

async function send(form, button) {
  if (panel.getAttribute('aria-busy') === 'true') return;
  panel.setAttribute('aria-busy', 'true');
  button?.setAttribute('aria-disabled', 'true');
  try {
    const answer = await fetch(form.action, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: bodyOf(form, button),
    });
    const result = await answer.json();
    if (answer.ok && result.location) location.assign(result.location);
    else if (answer.ok) show(result, true);
    else tell(result.message);
  } catch {
    tell(panel.dataset.noConnection);
  } finally {
    panel.removeAttribute('aria-busy');
    button?.removeAttribute('aria-disabled');
  }
}

/** As the browser would send it: files need the form of many parts. */
function bodyOf(form, button) {
  const data = new FormData(form, button);
  return form.enctype === 'multipart/form-data' ? data : new URLSearchParams(data);
}

/** Puts the new state on the page; after an act of the signer the focus goes to what matters now. */
function show({ state, status, panel: markup, signers }, acted) {
  const changed = state !== panel.dataset.state;
  panel.innerHTML = markup;
  document.getElementById('signers').innerHTML = signers;
  panel.dataset.state = state;
  known = `${state} ${status}`;
  if (acted || changed) panel.querySelector('[data-focus]')?.focus();
  if (!acted && changed) announcement.textContent = panel.querySelector('h2')?.textContent ?? '';
  if (changed) {
    report();
    goOn(acted);
  }
  watch();
}

/** A failure that leaves the page as it is. */
function tell(text) {
  let notice = panel.querySelector('#failure');
  if (!notice) {
    notice = document.createElement('p');
    notice.id = 'failure';
    notice.className = 'notice bad';
    notice.tabIndex = -1;
    (panel.querySelector('h2') ?? panel.firstElementChild).after(notice);
  }
  notice.textContent = text;
  notice.focus();
}

/** After signing, on to where the sender wants the signer to go; the link stays for whoever is faster. */
function goOn(acted) {
  const link = panel.querySelector('a[data-next]');
  const text = panel.querySelector('[data-going]');
  if (!acted || !link) return;
  if (text) text.hidden = false;
  setTimeout(() => location.assign(link.href), 4000);
}

/** Others act, too: while there is nothing to do here, the page looks how it stands. */
let timer = 0;
let asked = 0;
function watch() {
  clearTimeout(timer);
  if (!WATCHED.includes(panel.dataset.state)) return;
  timer = setTimeout(look, asked++ < 20 ? 1500 : 15_000);
}

async function look() {
  try {
    const address = `${panel.dataset.stateUrl}?lang=${panel.dataset.lang}&known=${encodeURIComponent(known)}`;
    const answer = await fetch(address, { headers: { accept: 'application/json', 'x-session': panel.dataset.session } });
    if (answer.status === 401 || answer.status === 404) return;
    const result = await answer.json();
    if (answer.ok && result.panel !== null) return show(result, false);
  } catch {
    // Without a connection it looks again later.
  }
  watch();
}

/** Tells the page that shows this one in a frame; only those that the service allows as frames hear it. */
function report() {
  const origins = panel.dataset.framed.split(' ').filter(Boolean);
  if (window.parent === window || origins.length === 0) return;
  const { state, request, signer } = panel.dataset;
  const exact = origins.filter((origin) => /^https?:\/\/[^*]+$/.test(origin));
  // For an ancestor named by a pattern: who shows the frame stands in the referrer, and the browser lets nobody else do so.
  const referrer = exact.length < origins.length && document.referrer ? [new URL(document.referrer).origin] : [];
  for (const origin of new Set([...exact, ...referrer]))
    window.parent.postMessage({ source: 'adeskit', type: 'signing', state, request, signer }, origin);
}

panel.querySelector('.notice[data-focus]')?.focus();
report();
watch();
