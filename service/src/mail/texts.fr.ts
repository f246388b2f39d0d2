/** What the service writes in French. */
import type { MessageWords } from './texts.en.ts';

export const FRENCH: MessageWords = {
  language: 'fr',
  hello: (name) => `Bonjour ${name},`,
  invitation: [
    (document) => `À signer : ${document}`,
    (document) => `Vous êtes invité(e) à signer « ${document} ». Lisez et signez le document ici :`,
  ],
  reminder: [
    (document) => `Rappel : votre signature est attendue pour ${document}`,
    (document) => `« ${document} » attend toujours votre signature :`,
  ],
  approval: [
    (document) => `À approuver : ${document}`,
    (document) => `Vous êtes invité(e) à approuver « ${document} ». Lisez et approuvez le document ici :`,
  ],
  approvalReminder: [
    (document) => `Rappel : votre approbation est attendue pour ${document}`,
    (document) => `« ${document} » attend toujours votre approbation :`,
  ],
  cancelled: [
    (document) => `Signature annulée : ${document}`,
    (document) => `L’expéditeur a retiré la demande de signature de « ${document} ».`,
  ],
  completed: [(document) => `Signé par tous : ${document}`, (document) => `Tous ont signé « ${document} ». Votre exemplaire :`],
  codeSubject: (document) => `Votre code pour ${document}`,
  code: (code) => `Votre code est ${code}`,
  codeHint: 'Il est valable dix minutes. Ne le communiquez à personne : nous ne le demandons jamais par e-mail ni par téléphone.',
  until: (date) => `La demande expire le ${date}.`,
  note: 'L’expéditeur écrit :',
  account: {
    subject: 'Votre accès au portail développeur',
    text: (by) => `${by} vous invite sur le portail développeur. Choisissez votre mot de passe ici :`,
    until: (date) => `Le lien fonctionne une seule fois, jusqu’au ${date}. Si vous n’attendiez pas d’invitation, vous n’avez rien à faire.`,
  },
  codeBySms: (code) => `Votre code pour signer : ${code}`,
  invitationBySms: (document) => `Merci de signer « ${document} »`,
  approvalBySms: (document) => `Merci d’approuver « ${document} »`,
};
