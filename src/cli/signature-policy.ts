/** The signature policy that a signature names, of any format: its document is digested here (EN 319 122-1, 5.2.9; EN 319 132-1, 5.2.9). */
import type { PolicyToName } from '../cades/policy.ts';
import { digest } from '../crypto/digest.ts';
import { type Arguments, type Option, Usage } from './arguments.ts';
import { readBytes } from './files.ts';

export const POLICY_OPTIONS: Readonly<Record<string, Option>> = {
  'signature-policy': { value: 'OID', help: 'signature policy that the signature follows (xades: or its URI); needs --policy-file' },
  'policy-file': { value: 'FILE', help: 'document of the signature policy: its digest is signed' },
  'policy-url': { value: 'URL', help: 'where the document of the signature policy is' },
};

/** The option of the library; empty where no policy is named. Throws `Usage`, `Fault`. */
export function policyNamed(args: Arguments): { readonly policy?: PolicyToName } {
  const [id, file, url] = [args.get('signature-policy'), args.get('policy-file'), args.get('policy-url')];
  if (id === undefined && file === undefined && url === undefined) return {};
  if (id === undefined || file === undefined) throw new Usage('--signature-policy OID and --policy-file FILE go together');
  const xades = args.get('format') === 'xades' || args.get('signature') === 'xades';
  if (!OID.test(id) && !(xades && URL.canParse(id)))
    throw new Usage(`--signature-policy is '${id}', but must be an object identifier${xades ? ' or a URI' : ''}`);
  return {
    policy: { id, digestAlgorithm: 'SHA-256', hash: digest('SHA-256', readBytes(file)), ...(url !== undefined && { url }) },
  };
}

const OID = /^[0-2](\.\d+)+$/;
