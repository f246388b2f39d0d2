/** Which changes after a signature are allowed: certification, field locks and what holds without them (ISO 32000-2, 12.8.2.2 to 12.8.2.4, 12.7.5.5). */
import type { PdfModification } from '../facts/index.ts';
import { type Change, EVERY_FIELD } from '../pdf/change.ts';
import type { FieldLock, SignatureDictionary } from '../pdf/signature.ts';

/** Access permission P of DocMDP: 1 no changes, 2 filling in and signing, 3 annotations too. */
export type Permission = 1 | 2 | 3;

/** What a signature allows after itself. */
export interface Allowance {
  readonly permission: Permission;
  /** Whose rule that is: a certification, the field's lock, or nobody's (then filling in and signing may follow). */
  readonly by: 'certification' | 'lock' | 'default';
  readonly locks: readonly Lock[];
}

/** Fields that may not change: all, only the named ones, or all but them. */
export interface Lock {
  readonly action: 'All' | 'Include' | 'Exclude';
  readonly fields: readonly string[];
}

/** P of the signature's own DocMDP transform; null where it does not certify. An absent or odd P counts as 2 (table 257). */
export function certificationOf(signature: SignatureDictionary): Permission | null {
  const reference = signature.references.find(({ transformMethod }) => transformMethod === 'DocMDP');
  if (reference === undefined) return null;
  const told = reference.parameters?.permissions;
  return told === 1 || told === 3 ? told : 2;
}

/** Fields that the signature locked: its FieldMDP transforms and the lock of the field that it fills. */
export function locksOf(signature: Pick<SignatureDictionary, 'references'>, lock: FieldLock | null): Lock[] {
  const transforms = signature.references
    .filter(({ transformMethod }) => transformMethod === 'FieldMDP')
    .map(({ parameters }) => parameters);
  return [...transforms, lock].flatMap((told) => {
    const action = told?.action;
    return action === 'All' || action === 'Include' || action === 'Exclude' ? [{ action, fields: told?.fields ?? [] }] : [];
  });
}

/** The strictest of: the certification in force, the permission in the field's lock (ISO 32000-2, table 236), the default. */
export function allowanceOf(certification: Permission | null, lock: FieldLock | null, locks: readonly Lock[]): Allowance {
  const locked = lock?.permissions;
  if (locked === 1 || locked === 2 || locked === 3) {
    if (certification === null || locked < certification) return { permission: locked, by: 'lock', locks };
  }
  return certification === null ? { permission: 2, by: 'default', locks } : { permission: certification, by: 'certification', locks };
}

/** A change as the signature sees it. */
export function judgeChange(change: Change, allowance: Allowance): PdfModification {
  const refusal = refusalOf(change, allowance);
  return {
    kind: change.kind,
    object: change.object,
    ...(change.page !== null && { page: change.page }),
    allowed: refusal === null,
    why: refusal === null ? `${change.why}: ${reasonOf(change, allowance)}` : `${change.why}: ${refusal}`,
  };
}

function refusalOf(change: Change, { permission, by, locks }: Allowance): string | null {
  if (change.needs === 'nothing') return null;
  if (change.needs === 'never') return 'no permission covers that';
  const needed = change.needs === 'annotation' ? 3 : 2;
  if (permission < needed) {
    if (by === 'default') return 'without a certification only filling in and signing may follow';
    return `the ${by === 'lock' ? 'lock of the field' : 'certification'} allows ${PERMITTED[permission]} only`;
  }
  if (change.field !== null && locks.some((lock) => isLocked(lock, change.field ?? ''))) {
    return 'the signature locked this field';
  }
  return null;
}

function reasonOf(change: Change, { by }: Allowance): string {
  if (change.needs === 'nothing') return 'always allowed';
  return by === 'default' ? 'allowed where no certification forbids it' : `allowed by the ${by}`;
}

/** A name locks the field and all below it; `a` does not lock `ab` (partial names end at a full stop). */
export function isLocked({ action, fields }: Lock, name: string): boolean {
  if (action === 'All' || (name === EVERY_FIELD && (action === 'Exclude' || fields.length > 0))) return true;
  const named = fields.some((field) => name === field || name.startsWith(`${field}.`));
  return action === 'Include' ? named : !named;
}

const PERMITTED: Readonly<Record<Permission, string>> = {
  1: 'validation material and time-stamps',
  2: 'filling in and signing',
  3: 'filling in, signing and annotations',
};
