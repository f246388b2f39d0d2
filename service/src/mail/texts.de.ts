/** What the service writes in German. */
import type { MessageWords } from './texts.en.ts';

export const GERMAN: MessageWords = {
  language: 'de',
  hello: (name) => `Guten Tag ${name},`,
  invitation: [
    (document) => `Bitte unterschreiben: ${document}`,
    (document) => `Sie werden gebeten, „${document}“ zu unterschreiben. Hier lesen und unterschreiben Sie:`,
  ],
  reminder: [
    (document) => `Erinnerung: bitte unterschreiben Sie ${document}`,
    (document) => `„${document}“ wartet noch auf Ihre Unterschrift:`,
  ],
  approval: [
    (document) => `Bitte freigeben: ${document}`,
    (document) => `Sie werden gebeten, „${document}“ freizugeben. Hier lesen Sie das Dokument und geben es frei:`,
  ],
  approvalReminder: [
    (document) => `Erinnerung: bitte geben Sie ${document} frei`,
    (document) => `„${document}“ wartet noch auf Ihre Freigabe:`,
  ],
  cancelled: [
    (document) => `Keine Unterschrift mehr nötig: ${document}`,
    (document) => `der Absender hat die Anfrage, „${document}“ zu unterschreiben, zurückgezogen.`,
  ],
  completed: [
    (document) => `Von allen unterschrieben: ${document}`,
    (document) => `alle haben „${document}“ unterschrieben. Ihr Exemplar:`,
  ],
  codeSubject: (document) => `Ihr Code für ${document}`,
  code: (code) => `Ihr Code lautet ${code}`,
  codeHint: 'Er gilt zehn Minuten. Geben Sie ihn niemandem weiter: wir fragen nie per Mail oder Telefon danach.',
  until: (date) => `Die Anfrage endet am ${date}.`,
  note: 'Der Absender schreibt:',
  account: {
    subject: 'Ihr Zugang zum Entwicklerportal',
    text: (by) => `${by} lädt Sie zum Entwicklerportal ein. Wählen Sie hier Ihr Passwort:`,
    until: (date) => `Der Link gilt einmal, bis zum ${date}. Wenn Sie keine Einladung erwartet haben, brauchen Sie nichts zu tun.`,
  },
  codeBySms: (code) => `Ihr Code zum Unterschreiben: ${code}`,
  invitationBySms: (document) => `Bitte unterschreiben Sie „${document}“`,
  approvalBySms: (document) => `Bitte geben Sie „${document}“ frei`,
};
