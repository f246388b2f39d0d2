/** The validation page takes files that are dropped anywhere on it, and says that it works. Without this script the form does the same. */

const form = document.querySelector('form.upload');
const file = document.getElementById('file');
const status = form.querySelector('[role="status"]');

for (const name of ['dragenter', 'dragover'])
  document.addEventListener(name, (event) => {
    event.preventDefault();
    form.classList.add('over');
  });
document.addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) form.classList.remove('over');
});
document.addEventListener('drop', (event) => {
  event.preventDefault();
  form.classList.remove('over');
  if (event.dataTransfer.files.length === 0) return;
  // Into the field it was dropped on, else into the first.
  const target = event.target.closest('input[type="file"]') ?? file;
  target.files = event.dataTransfer.files;
  target.dispatchEvent(new Event('change', { bubbles: true }));
  target.focus();
});
form.addEventListener('submit', () => {
  status.textContent = form.dataset.busy;
  form.querySelector('button').setAttribute('aria-disabled', 'true');
});
window.addEventListener('pageshow', () => {
  status.textContent = '';
  form.querySelector('button').removeAttribute('aria-disabled');
});
