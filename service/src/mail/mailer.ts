/** Mails go out by SMTP, short messages by their gateway; a message is sent once it is marked so, and marked only after the server took it. */
import { createTransport } from 'nodemailer';
import type { Core } from '../domain/core.ts';
import { place } from '../domain/records.ts';
import type { ShortMessageGateway } from './short-messages.ts';

export interface Mailer {
  /** Sends a message that was not sent yet. Its Message-ID is always the same, so that a repetition can be told. */
  send(messageId: string): Promise<void>;
  close(): void;
}

export interface MailerOptions {
  readonly core: Core;
  /** Null: messages stay in the outbox. */
  readonly smtpUrl: string | null;
  readonly from: string;
  /** Null: short messages stay in the outbox. */
  readonly gateway: ShortMessageGateway | null;
}

export function newMailer({ core, smtpUrl, from, gateway }: MailerOptions): Mailer {
  const { store, vault, clock } = core;
  const transport = smtpUrl === null ? null : createTransport(smtpUrl, { connectionTimeout: 15_000, socketTimeout: 30_000 });
  const markSent = async (id: string): Promise<void> => {
    await store.db.updateTable('messages').set({ sent_at: clock() }).where('id', '=', id).execute();
  };
  return {
    send: async (id) => {
      const row = await store.db.selectFrom('messages').selectAll().where('id', '=', id).where('sent_at', 'is', null).executeTakeFirst();
      if (row?.mode !== 'live') return;
      const open = (column: string, sealed: string): string => vault.open(sealed, place('messages', column, id));
      if (row.channel !== 'email') {
        if (gateway === null) return;
        const channel = row.channel === 'whatsapp' ? 'whatsapp' : 'sms';
        await gateway.send({ id, channel, to: open('to', row.to_sealed), text: open('body', row.body_sealed) });
        await markSent(id);
        return;
      }
      if (transport === null) return;
      await transport.sendMail({
        from,
        to: { name: '', address: open('to', row.to_sealed) },
        subject: open('subject', row.subject_sealed),
        text: open('body', row.body_sealed),
        messageId: `<${id}@${new URL(core.links.origin).hostname}>`,
        // Nothing is ever fetched or read from disk for a mail.
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      await markSent(id);
    },
    close: () => {
      transport?.close();
      gateway?.close();
    },
  };
}
