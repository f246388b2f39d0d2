/** What the service writes in Spanish. */
import type { MessageWords } from './texts.en.ts';

export const SPANISH: MessageWords = {
  language: 'es',
  hello: (name) => `Hola, ${name}:`,
  invitation: [
    (document) => `Se solicita su firma: ${document}`,
    (document) => `Se solicita su firma en «${document}». Lea y firme el documento aquí:`,
  ],
  reminder: [(document) => `Recordatorio: falta su firma en ${document}`, (document) => `«${document}» sigue a la espera de su firma:`],
  approval: [
    (document) => `Se solicita su aprobación: ${document}`,
    (document) => `Se solicita su aprobación de «${document}». Lea y apruebe el documento aquí:`,
  ],
  approvalReminder: [
    (document) => `Recordatorio: falta su aprobación de ${document}`,
    (document) => `«${document}» sigue a la espera de su aprobación:`,
  ],
  cancelled: [
    (document) => `Ya no hace falta firmar: ${document}`,
    (document) => `El remitente ha retirado la solicitud de firma de «${document}».`,
  ],
  completed: [(document) => `Firmado por todos: ${document}`, (document) => `Todos han firmado «${document}». Su copia:`],
  codeSubject: (document) => `Su código para ${document}`,
  code: (code) => `Su código es ${code}`,
  codeHint: 'Es válido durante diez minutos. No se lo comunique a nadie: nunca se lo pediremos por correo ni por teléfono.',
  until: (date) => `La solicitud vence el ${date}.`,
  note: 'El remitente escribe:',
  account: {
    subject: 'Su acceso al portal para desarrolladores',
    text: (by) => `${by} le invita al portal para desarrolladores. Elija aquí su contraseña:`,
    until: (date) => `El enlace funciona una sola vez, hasta el ${date}. Si no esperaba ninguna invitación, no tiene que hacer nada.`,
  },
  codeBySms: (code) => `Su código para firmar: ${code}`,
  invitationBySms: (document) => `Firme «${document}», por favor`,
  approvalBySms: (document) => `Apruebe «${document}», por favor`,
};
