// Copies what is shown once; closes an open question where another is opened.
for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.copied;
    setTimeout(() => {
      button.textContent = label;
    }, 2000);
  });
}
const questions = document.querySelectorAll('details.confirm');
for (const question of questions)
  question.addEventListener('toggle', () => {
    if (!question.open) return;
    for (const other of questions) if (other !== question) other.open = false;
  });
