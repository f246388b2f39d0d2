/** German words of the checks on the past and on evidence records (EN 319 102-1, 5.6 and 5.7). */
import type { CheckWords } from './messages.en.ts';

export const pastWords: Readonly<Record<string, CheckWords>> = {
  'chain-otherwise-valid': {
    holds: 'Sonst ist an der Zertifikatskette nichts zu beanstanden.',
    otherwise:
      'An der Zertifikatskette ist noch anderes zu beanstanden, woran ein Zeitnachweis nichts ändert[; nachgewiesen ist der {bestSignatureTime}].',
  },
  'past-certificate-proven': {
    holds: 'Für jedes Zertifikat der Kette ist nachgewiesen, dass es rechtzeitig vorlag.',
    otherwise: 'Es ist nicht nachgewiesen, dass das Zertifikat[ von {certificate}] zur maßgeblichen Zeit[, {controlTime},] vorlag.',
  },
  'past-revocation-known': {
    holds: 'Zu jedem Zertifikat der Kette liegen Sperrinformationen aus der maßgeblichen Zeit vor.',
    otherwise:
      'Zum Zertifikat[ von {certificate}] liegen keine Sperrinformationen vor, die nachweislich zur maßgeblichen Zeit[, {controlTime},] bestanden.',
    remedy: 'Ein rechtzeitiger Archivzeitstempel über die Sperrinformationen.',
  },
  'past-chain-found': {
    holds: 'Die Kette endet oder endete in einem Vertrauensanker.',
    otherwise: 'Die Kette endete nie in einem Vertrauensanker.',
  },
  'past-path-valid': {
    holds: 'Die Kette war gültig, solange alle ihre Zertifikate es waren.',
    otherwise: 'Die Kette war selbst dann nicht gültig, als alle ihre Zertifikate in Kraft waren.',
  },
  'past-control-time-found': {
    holds: 'Es gibt eine Zeit, bis zu der die ganze Kette gut war.',
    otherwise: 'Es findet sich keine Zeit, zu der die ganze Kette nachweislich gut war.',
    remedy: 'Ein rechtzeitiger Archivzeitstempel über das Prüfmaterial.',
  },
  'past-chain-algorithms': {
    holds: 'Die Kette verwendete zur maßgeblichen Zeit sichere Verfahren.',
    otherwise:
      'Die Kette verwendet ein Verfahren, das zur maßgeblichen Zeit[, {controlTime},] nicht mehr als sicher galt[: {algorithm}][, {keyBits} Bit][, {digest}].',
  },
  'past-certificate-valid': {
    holds: 'Das Zertifikat war in der Vergangenheit gut.',
    otherwise: 'Es ist nicht nachgewiesen, dass das Zertifikat in der Vergangenheit gut war[: {because}].',
  },
  'past-can-turn': {
    holds: 'Was jetzt zu beanstanden ist, kann früher in Ordnung gewesen sein.',
    otherwise: 'Was jetzt zu beanstanden ist, war es zu jeder Zeit.',
  },
  'existed-before-control-time': {
    holds: 'Es bestand, solange alles in Ordnung war.',
    otherwise:
      'Es ist nicht nachgewiesen, dass es bestand, solange alles in Ordnung war[: Nachgewiesen ist der {existedAt}][; in Ordnung war alles bis zum {controlTime}].',
    remedy: 'Ein Zeitstempel aus der Zeit, als alles in Ordnung war.',
  },
  'known-before-revocation-of-authority': {
    holds: 'Vor dem Widerruf der Zertifizierungsstelle war das Zertifikat nachweislich nicht widerrufen.',
    otherwise: 'Es ist nicht nachgewiesen, dass das Zertifikat vor dem Widerruf seiner Zertifizierungsstelle gut war.',
  },
  'existed-after-issuance': {
    holds: 'Es ist nicht älter als sein Zertifikat.',
    otherwise: 'Es ist älter als das Zertifikat, mit dem es erzeugt wurde[: Es lag am {existedAt} vor].',
  },
  'existed-before-expiry': {
    holds: 'Es bestand, bevor sein Zertifikat ablief.',
    otherwise: 'Es ist nicht nachgewiesen, dass es vor dem Ablauf seines Zertifikats bestand[; nachgewiesen ist nur der {existedAt}].',
    remedy: 'Ein älterer Zeitstempel, falls es einen gibt.',
  },
  'authorities-in-force-at-existence': {
    holds: 'Die Zertifikate der Zertifizierungsstellen waren zur nachgewiesenen Zeit in Kraft.',
    otherwise: 'Das Zertifikat einer Zertifizierungsstelle war zur nachgewiesenen Zeit[, {existedAt},] nicht in Kraft.',
  },
  'algorithms-at-existence': {
    holds: 'Alle Verfahren waren zur nachgewiesenen Zeit sicher.',
    otherwise:
      'Es beruht auf einem Verfahren, das zur nachgewiesenen Zeit[, {existedAt},] nicht mehr als sicher galt[: {algorithm}][, {keyBits} Bit][, {digest}].',
    remedy: 'Ein Zeitstempel aus der Zeit, als das Verfahren sicher war.',
  },
  'revocation-algorithms-at-existence': {
    holds: 'Die Verfahren der Sperrinformationen waren sicher, als diese nachweislich bestanden.',
    otherwise:
      'Die Sperrinformationen verwenden ein Verfahren, das nicht mehr als sicher galt, als sie nachweislich bestanden[: {algorithm}][, {keyBits} Bit][, {digest}].',
  },
  'revocation-fresh-at-existence': {
    holds: 'Die Sperrinformationen waren für die nachgewiesene Zeit aktuell genug.',
    otherwise: 'Die Sperrinformationen sind für die nachgewiesene Zeit[, {existedAt},] zu alt.',
  },
  'imprint-digest-algorithm': {
    holds: 'Der Zeitstempel bindet seine Daten mit einem sicheren Hashverfahren.',
    otherwise: 'Der Zeitstempel bindet seine Daten mit einem Hashverfahren[, {digest},] das nicht mehr als sicher galt.',
  },
  'evidence-record-valid': {
    holds: 'Die Beweisdatensätze (Evidence Records) sind gut.',
    otherwise: 'Ein Beweisdatensatz (Evidence Record) ist nicht gut und beweist deshalb nichts.',
  },
  'good-in-the-past': {
    holds: 'Die Signatur war gut, als sie nachweislich bestand.',
    otherwise: 'Es ist nicht nachgewiesen, dass die Signatur gut war, als sie bestand[; nachgewiesen ist der {bestSignatureTime}].',
    remedy: 'Ein Zeitstempel aus der Zeit, als alles in Ordnung war.',
  },
  'archive-group-known': {
    holds: 'Alle Datenobjekte des Evidence Records liegen vor.',
    otherwise: 'Der Evidence Record umfasst mehr Datenobjekte als vorliegen[: {references} weitere].',
  },
  'archive-files-covered': {
    holds: 'Der Evidence Record erfasst jede Datei, die er erfassen soll.',
    otherwise: 'Der Evidence Record erfasst nicht jede Datei, die er erfassen soll[: {files} fehlen, zuerst {first}].',
  },
  'archive-objects-found': {
    holds: 'Alles, was der Beweisdatensatz schützt, ist da.',
    otherwise: 'Etwas, das der Beweisdatensatz schützt, fehlt.',
  },
  'archive-objects-intact': {
    holds: 'Alles, was der Beweisdatensatz schützt, ist unverändert.',
    otherwise: 'Etwas, das der Beweisdatensatz schützt, wurde verändert.',
  },
  'archive-timestamps-present': {
    holds: 'Der Beweisdatensatz enthält seine Archivzeitstempel.',
    otherwise: 'Dem Beweisdatensatz fehlt ein Archivzeitstempel.',
  },
  'archive-timestamps-valid': {
    holds: 'Jeder Archivzeitstempel wurde rechtzeitig erneuert.',
    otherwise: 'Ein Archivzeitstempel ist nicht gut oder wurde nicht rechtzeitig erneuert.',
  },
  'archive-digests-reliable': {
    holds: 'Die Hashverfahren des Beweisdatensatzes waren sicher.',
    otherwise: 'Der Beweisdatensatz verwendet ein Hashverfahren[, {digest},] das nicht mehr als sicher galt.',
  },
};
