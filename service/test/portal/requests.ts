/** One request over each interface, as a customer of it makes one. */
import { randomUUID } from 'node:crypto';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import { call, formOf, type Running } from '../support/running.ts';
import type { Customer } from './support.ts';

const PDF = plainPdf({ title: 'Service agreement', pages: [['# Service agreement', '', 'Between Example Ltd and the undersigned.']] });
const PDF64 = Buffer.from(PDF).toString('base64');
const ADA = { name: 'Ada Example', email: 'ada@example.com' };

/** By the name of the interface; each gives the name of its document. */
export const REQUESTS: Readonly<Record<string, (running: Running, customer: Customer) => Promise<string>>> = {
  qsignhub: async (running, { keys: { qsh_test_: key } }) => {
    const { id } = (await call(running, 'POST', '/v1/documents', { key, form: formOf(PDF, 'Service agreement.pdf') })).json;
    await call(running, 'POST', '/v1/signature-requests', { key, body: { document_id: id, signature_type: 'aes', signers: [ADA] } });
    return 'Service agreement.pdf';
  },
  qsign: async (running, { keys: { qsk_test_: key } }) => {
    const body = {
      documentDetails: { doc_url: 'https://example.com/nda.pdf', document_name: 'Mutual NDA' },
      recipientDetail: [{ ...ADA, typeOfSignature: 'E-Signature' }],
    };
    await call(running, 'POST', '/backend/othercompanyapi/document/recipients/create/', { key, body });
    return 'Mutual NDA';
  },
  'qi-sign': async (running, { keys: { qis_test_: key } }) => {
    const id = randomUUID();
    const ask = (method: string, path: string, body: unknown) =>
      call(running, method, `/sign${path}`, { key: null, headers: { authorization: key }, body });
    const signer = {
      ...{ ...ADA, id: '1', birthdate: '1992-09-15', document_number: NUMBER },
      phone: { international_dial_code: '55', area_code: '11', number: '988878722' },
      document_submission_method: 'email',
      authentication_submission_method: 'email',
    };
    const day = new Date(Date.now() + 5 * 24 * 3_600_000).toISOString().slice(0, 10);
    await ask('POST', '/envelope', { id, subject: 'Loan', expiration_date: day, signers: [signer] });
    await ask('POST', `/envelope/${id}/document`, { document_b64: PDF64, name: 'Laudo', document_type: 'pdf' });
    await ask('PATCH', `/envelope/${id}`, { status: 'submitted' });
    return 'Laudo';
  },
  ignisign: async (running, { keys: { skv2_: key } }) => {
    const body = {
      ...{ title: 'Lease', signatureMethod: 'SIMPLE_STD' },
      signers: [{ email: ADA.email, firstName: 'Ada', lastName: 'Example' }],
      documents: [{ originalName: 'Lease.pdf', mimeType: 'application/pdf', base64: PDF64 }],
    };
    await call(running, 'POST', '/v4/signature-requests/one-call-sign', { key: null, headers: { authorization: `Bearer ${key}` }, body });
    return 'Lease.pdf';
  },
};

/** Of Ada's identity document, as the sender knows it. */
export const NUMBER = '111.111.111-11';
