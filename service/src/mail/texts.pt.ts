/** What the service writes in Portuguese, as written in Brazil. */
import type { MessageWords } from './texts.en.ts';

export const PORTUGUESE: MessageWords = {
  language: 'pt',
  hello: (name) => `Olá, ${name}!`,
  invitation: [
    (document) => `Assine, por favor: ${document}`,
    (document) => `Solicitamos a sua assinatura em “${document}”. Leia e assine o documento aqui:`,
  ],
  reminder: [(document) => `Lembrete: assine ${document}`, (document) => `“${document}” ainda aguarda a sua assinatura:`],
  approval: [
    (document) => `Aprove, por favor: ${document}`,
    (document) => `Solicitamos a sua aprovação de “${document}”. Leia e aprove o documento aqui:`,
  ],
  approvalReminder: [(document) => `Lembrete: aprove ${document}`, (document) => `“${document}” ainda aguarda a sua aprovação:`],
  cancelled: [
    (document) => `Não é mais preciso assinar: ${document}`,
    (document) => `O remetente cancelou a solicitação de assinatura de “${document}”.`,
  ],
  completed: [(document) => `Assinado por todos: ${document}`, (document) => `Todos assinaram “${document}”. Sua cópia:`],
  codeSubject: (document) => `Seu código para ${document}`,
  code: (code) => `Seu código é ${code}`,
  codeHint: 'Ele vale por dez minutos. Não o informe a ninguém: nunca pedimos o código por e-mail ou telefone.',
  until: (date) => `A solicitação expira em ${date}.`,
  note: 'Mensagem do remetente:',
  account: {
    subject: 'Seu acesso ao portal do desenvolvedor',
    text: (by) => `${by} convida você para o portal do desenvolvedor. Escolha sua senha aqui:`,
    until: (date) => `O link funciona uma única vez, até ${date}. Se você não esperava um convite, não precisa fazer nada.`,
  },
  codeBySms: (code) => `Seu código para assinar: ${code}`,
  invitationBySms: (document) => `Assine “${document}”, por favor`,
  approvalBySms: (document) => `Aprove “${document}”, por favor`,
};
