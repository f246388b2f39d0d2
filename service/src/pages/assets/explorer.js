// Tries operations out: sends what stands in a form to this service, with the key of the page, and shows the answer.
const key = document.getElementById('key');
for (const form of document.querySelectorAll('form.try')) {
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(form);
  });
}

async function send(form) {
  const { method, type, header, before, sending, failed } = form.dataset;
  const outcome = form.querySelector('.outcome');
  const told = outcome.querySelector('.told');
  outcome.hidden = false;
  told.className = 'told';
  told.textContent = sending;
  form.setAttribute('aria-busy', 'true');
  const headers = {};
  const secret = key.value.trim();
  if (header !== '' && secret !== '') headers[header] = `${before}${secret}`;
  const target = addressOf(form);
  const body = bodyOf(form, type, headers);
  outcome.querySelector('.curl code').textContent = curl(method, target, headers, secret, form, type);
  try {
    const started = performance.now();
    const answer = await fetch(target, { method, headers, body, credentials: 'omit', redirect: 'follow' });
    const bytes = await answer.blob();
    told.textContent = `${answer.status} ${answer.statusText} · ${Math.round(performance.now() - started)} ms · ${bytes.size} B`;
    told.classList.add(answer.ok ? 'good' : 'bad');
    await show(form, outcome, bytes, answer.headers.get('content-type') ?? '');
  } catch {
    told.textContent = failed;
    told.classList.add('bad');
  } finally {
    form.removeAttribute('aria-busy');
  }
}

function addressOf(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll('[data-place="path"], [data-place="query"]')) {
    const { place, name } = field.dataset;
    if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(field.value));
    else if (field.value !== '') query.set(name, field.value);
  }
  return `${location.origin}${path}${query.size > 0 ? `?${query}` : ''}`;
}

function bodyOf(form, type, headers) {
  if (type === 'multipart/form-data') {
    const data = new FormData();
    for (const field of form.querySelectorAll('[data-place="file"], [data-place="field"]')) {
      if (field.dataset.place === 'field') {
        if (field.value !== '') data.append(field.dataset.name, field.value);
      } else if (field.files.length > 0) data.append(field.dataset.name, field.files[0]);
    }
    return data;
  }
  const text = form.querySelector('[data-place="body"]')?.value ?? '';
  if (text.trim() === '') return undefined;
  headers['content-type'] = 'application/json';
  return text;
}

async function show(form, outcome, bytes, type) {
  const pre = outcome.querySelector('pre');
  const links = outcome.querySelector('.links');
  links.replaceChildren();
  const isText = /json|text|xml/.test(type);
  pre.hidden = !isText || bytes.size === 0;
  if (isText) pre.firstElementChild.textContent = pretty(await bytes.text());
  if (bytes.size === 0) links.textContent = form.dataset.empty;
  else if (!isText) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(bytes);
    link.download = 'answer';
    link.textContent = `${form.dataset.save} (${type})`;
    links.append(link);
  }
}

function curl(method, target, headers, secret, form, type) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const lines = [`curl -X ${method} ${quoted(target)}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`-H "${name}: ${secret === '' ? value : value.replace(secret, '$KEY')}"`);
  if (type === 'multipart/form-data') {
    for (const field of form.querySelectorAll('[data-place="file"]'))
      if (field.files.length > 0) lines.push(`-F ${quoted(`${field.dataset.name}=@${field.files[0].name}`)}`);
    for (const field of form.querySelectorAll('[data-place="field"]'))
      if (field.value !== '') lines.push(`-F ${quoted(`${field.dataset.name}=${field.value}`)}`);
  } else {
    const text = form.querySelector('[data-place="body"]')?.value ?? '';
    if (text.trim() !== '') lines.push(`--data ${quoted(text)}`);
  }
  return lines.join(' \\\n  ');
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
