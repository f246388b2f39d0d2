/** The tasks of a thread: what the engine does with foreign octets. */
import type { Inspection } from '../domain/core.ts';
import { PDF } from '../domain/media.ts';
import type { Calls, Task, Validation } from './protocol.ts';
import { sealDocument } from './seal.ts';
import { validateDocument } from './validate.ts';

export async function perform(task: Task, calls: Calls): Promise<unknown> {
  switch (task.kind) {
    case 'seal':
      return sealDocument(task, calls);
    case 'validate':
      return validateDocument(task, calls) satisfies Promise<Validation>;
    case 'inspect':
      return inspectPdf(task.document);
    case 'preview':
      return (await import('./preview.ts')).firstPage(task.document);
  }
}

/** Whether a PDF can be signed, and how many pages it has. */
async function inspectPdf(document: Uint8Array): Promise<Inspection> {
  const { openPdf, pageCount, signatureFields } = await import('adeskit/pdf');
  const none = { pages: null, signatures: 0 };
  const opened = openPdf(document);
  if (!opened.ok) return { ...none, refusal: 'unreadable' };
  const pdf = opened.value;
  if (pdf.encrypted) return { ...none, refusal: 'encrypted' };
  if (pdf.rebuilt) return { ...none, refusal: 'damaged' };
  const counted = pageCount(pdf);
  if (!counted.ok) return { ...none, refusal: 'unreadable' };
  const signed = signatureFields(pdf).filter(({ signatureRef }) => signatureRef !== null).length;
  return { pages: counted.value.walked ?? counted.value.told, refusal: null, signatures: signed };
}

export const isPdf = (mediaType: string): boolean => mediaType === PDF;
