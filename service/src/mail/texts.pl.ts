/** What the service writes in Polish. */
import type { MessageWords } from './texts.en.ts';

export const POLISH: MessageWords = {
  language: 'pl',
  hello: (name) => `Dzień dobry, ${name}!`,
  invitation: [
    (document) => `Prośba o podpis: ${document}`,
    (document) => `Prosimy o podpisanie dokumentu „${document}”. Tutaj można go przeczytać i podpisać:`,
  ],
  reminder: [
    (document) => `Przypomnienie: prosimy o podpis – ${document}`,
    (document) => `Dokument „${document}” nadal czeka na Twój podpis:`,
  ],
  approval: [
    (document) => `Prośba o akceptację: ${document}`,
    (document) => `Prosimy o akceptację dokumentu „${document}”. Tutaj można go przeczytać i zaakceptować:`,
  ],
  approvalReminder: [
    (document) => `Przypomnienie: prosimy o akceptację – ${document}`,
    (document) => `Dokument „${document}” nadal czeka na Twoją akceptację:`,
  ],
  cancelled: [
    (document) => `Podpis nie jest już potrzebny: ${document}`,
    (document) => `Nadawca wycofał prośbę o podpisanie dokumentu „${document}”.`,
  ],
  completed: [
    (document) => `Podpisany przez wszystkich: ${document}`,
    (document) => `Wszyscy podpisali dokument „${document}”. Twój egzemplarz:`,
  ],
  codeSubject: (document) => `Twój kod do dokumentu ${document}`,
  code: (code) => `Twój kod to ${code}`,
  codeHint: 'Jest ważny przez dziesięć minut. Nie podawaj go nikomu: nigdy nie prosimy o niego e-mailem ani przez telefon.',
  until: (date) => `Termin podpisania: ${date}.`,
  note: 'Nadawca pisze:',
  account: {
    subject: 'Dostęp do portalu dla programistów',
    text: (by) => `${by} zaprasza Cię do portalu dla programistów. Ustaw tutaj swoje hasło:`,
    until: (date) => `Link działa jeden raz, do dnia ${date}. Jeśli nie spodziewasz się zaproszenia, nie musisz nic robić.`,
  },
  codeBySms: (code) => `Twój kod do podpisu: ${code}`,
  invitationBySms: (document) => `Prosimy o podpisanie dokumentu „${document}”`,
  approvalBySms: (document) => `Prosimy o akceptację dokumentu „${document}”`,
};
