/** Pictures from the camera of the device. Without it, or without this script, the same fields take files. */

const panel = document.getElementById('panel');
const hasCamera = Boolean(navigator.mediaDevices?.getUserMedia);
/** The camera that is open now. */
let open = null;

reveal();
new MutationObserver(() => {
  if (open && !panel.contains(open.video)) close();
  reveal();
}).observe(panel, { childList: true, subtree: true });

panel.addEventListener('click', (event) => {
  const button = event.target.closest('[data-camera]');
  if (button) void start(button);
});
panel.addEventListener('change', (event) => {
  if (event.target.matches('.picture input[type="file"]')) void chosen(event.target);
});
addEventListener('pagehide', () => close());

function reveal() {
  for (const field of panel.querySelectorAll('.picture:not(.scripted)')) {
    field.classList.add('scripted');
    field.querySelector('label.button').hidden = false;
    field.querySelector('[data-camera]').hidden = !hasCamera;
  }
}

async function start(button) {
  close();
  const field = button.closest('.picture');
  try {
    const facingMode = button.dataset.camera === 'face' ? 'user' : 'environment';
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode, width: { ideal: 1920 } } });
    const box = document.createElement('div');
    box.className = 'camera';
    const video = document.createElement('video');
    Object.assign(video, { srcObject: stream, muted: true, autoplay: true, playsInline: true });
    const take = buttonOf(button.dataset.take, '');
    const stop = buttonOf(button.dataset.close, 'plain');
    box.append(video, take, stop);
    open = { stream, video, box, button };
    button.hidden = true;
    button.parentElement.after(box);
    stop.addEventListener('click', () => {
      close();
      button.focus();
    });
    take.addEventListener('click', () => void shoot(field, video));
    await video.play();
    take.focus();
  } catch {
    close();
    say(field, button.dataset.none);
  }
}

async function shoot(field, video) {
  const input = field.querySelector('input');
  put(input, await jpegOf(video, video.videoWidth, video.videoHeight));
  close();
  preview(field, input.files[0]);
  input.focus();
}

function close() {
  if (!open) return;
  for (const track of open.stream.getTracks()) track.stop();
  open.box.remove();
  open.button.hidden = false;
  open = null;
}

/** Shows what was chosen, and makes large pictures smaller before they go on their way. */
async function chosen(input) {
  const field = input.closest('.picture');
  say(field, '');
  const [file] = input.files;
  if (!file) return preview(field, null);
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    if (scale < 1 || file.type !== 'image/jpeg')
      put(input, await jpegOf(picture, Math.round(picture.width * scale), Math.round(picture.height * scale)));
    picture.close();
    preview(field, input.files[0]);
  } catch {
    // What this browser cannot read is judged by the service.
    preview(field, null);
  }
}

function jpegOf(picture, width, height) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  canvas.getContext('2d').drawImage(picture, 0, 0, width, height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/jpeg', 0.9);
  });
}

function put(input, blob) {
  const files = new DataTransfer();
  files.items.add(new File([blob], `${input.name}.jpg`, { type: 'image/jpeg' }));
  input.files = files.files;
}

function preview(field, file) {
  const image = field.querySelector('img');
  if (image.src) URL.revokeObjectURL(image.src);
  image.hidden = file === null;
  if (file) image.src = URL.createObjectURL(file);
  else image.removeAttribute('src');
}

function say(field, text) {
  field.querySelector('[role="status"]').textContent = text;
}

function buttonOf(text, look) {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', textContent: text, className: look });
  return button;
}

/** Pixels that are enough to read an identity document. */
const LONGEST = 2000;
