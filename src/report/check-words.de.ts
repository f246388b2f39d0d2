/** German words of the checks: what holds, what is wrong where it does not, what would change that. */
import type { CheckWords } from './messages.en.ts';
import { pastWords } from './past-words.de.ts';

export const checkWords: Readonly<Record<string, CheckWords>> = {
  'signature-value-intact': {
    holds: 'Der Signaturwert passt zum Schlüssel des Zertifikats.',
    otherwise: 'Der Signaturwert passt nicht zum Schlüssel des Zertifikats.',
    remedy: 'Hier hilft nur eine neue Signatur.',
  },
  'signing-certificate-reference-present': {
    holds: 'Die Signatur selbst nennt das Zertifikat, mit dem sie erzeugt wurde.',
    otherwise: 'Die Signatur nennt das Zertifikat nicht, mit dem sie erzeugt wurde; es könnte also ausgetauscht werden.',
  },
  'signing-certificate-reference-unique': {
    holds: 'Die Signatur nennt ihr Zertifikat einmal.',
    otherwise: 'Die Signatur nennt ihr Zertifikat mehr als einmal.',
  },
  'signing-certificate-references-in-chain': {
    holds: 'Jedes Zertifikat, das die Signatur nennt, gehört zu ihrer Kette.',
    otherwise: 'Die Signatur nennt ein Zertifikat, das nicht zu ihrer Kette gehört.',
  },
  'signing-certificate-digest-present': {
    holds: 'Die Signatur nennt ihr Zertifikat mit einem Hashwert.',
    otherwise: 'Die Signatur nennt ihr Zertifikat ohne Hashwert.',
  },
  'signing-certificate-digest-match': {
    holds: 'Das Zertifikat ist dasjenige, das die Signatur nennt.',
    otherwise: 'Das Zertifikat ist nicht dasjenige, das die Signatur nennt.',
    remedy: 'Legen Sie das Zertifikat bei, das die Signatur nennt.',
  },
  'signing-certificate-issuer-serial-match': {
    holds: 'Aussteller und Seriennummer stimmen mit den Angaben der Signatur überein.',
    otherwise: 'Aussteller oder Seriennummer weichen von den Angaben der Signatur ab.',
  },
  'signing-time-present': {
    holds: 'Es ist angegeben, wann die Signatur entstand.',
    otherwise: 'Es ist nicht angegeben, wann die Signatur entstand.',
  },
  'signing-time-within-validity': {
    holds: 'Die angegebene Zeit liegt in der Gültigkeit des Zertifikats.',
    otherwise: 'Die angegebene Zeit[, {claimedTime},] liegt außerhalb der Gültigkeit des Zertifikats.',
  },
  'structure-conforms': {
    holds: 'Der Aufbau entspricht der Norm.',
    otherwise: 'Der Aufbau weicht von der Norm ab[: {problems}].',
  },
  'signature-policy-available': {
    holds: 'Die Signaturrichtlinie liegt vor.',
    otherwise: 'Die in der Signatur genannte Signaturrichtlinie[ ({policy})] liegt nicht vor.',
    remedy: 'Legen Sie die Signaturrichtlinie bei.',
  },
  'signature-policy-stored': {
    holds: 'Die Signatur bringt ihre Signaturrichtlinie mit.',
    otherwise: 'Die Signatur bringt ihre Signaturrichtlinie nicht mit.',
  },
  'signature-policy-digest-known': {
    holds: 'Die Signatur sagt durch einen Hashwert, welches Dokument der Signaturrichtlinie gemeint ist.',
    otherwise: 'Kein prüfbarer Hashwert sagt, welches Dokument der Signaturrichtlinie[ {policy}] gemeint ist.',
  },
  'signature-policy-digest-match': {
    holds: 'Die Signaturrichtlinie ist die gemeinte.',
    otherwise: 'Die Signaturrichtlinie[ ({policy})] ist nicht die gemeinte.',
  },
  'reference-digest-algorithm': {
    holds: 'Die Hashalgorithmen der Referenzen sind verlässlich.',
    otherwise: 'Ein Hashalgorithmus einer Referenz ist nicht verlässlich.',
  },
  'key-usage': {
    holds: 'Das Zertifikat wurde zum Unterzeichnen ausgestellt.',
    otherwise:
      'Das Zertifikat[ von {certificate}] wurde nicht für diese Verwendung ausgestellt[; seine Schlüsselverwendung ist {keyUsage}].',
    remedy: 'Eine Signatur mit einem Zertifikat, das zum Unterzeichnen ausgestellt ist.',
  },
  'key-usage-allows-signing': {
    holds: 'Die Schlüsselverwendung erlaubt das Unterzeichnen.',
    otherwise: 'Die Schlüsselverwendung des Zertifikats[ von {certificate}] erlaubt das Unterzeichnen nicht.',
  },
  'within-validity': {
    holds: 'Das Zertifikat ist gültig.',
    otherwise: 'Das Zertifikat[ von {certificate}] ist zum Zeitpunkt der Prüfung nicht gültig[: Es gilt von {notBefore} bis {notAfter}].',
    remedy: 'Ein Zeitstempel aus der Zeit, als das Zertifikat gültig war.',
  },
  'ca-within-validity': {
    holds: 'Das Zertifikat der ausstellenden Stelle ist gültig.',
    otherwise:
      'Das Zertifikat der Stelle[ {certificate}] ist zum Zeitpunkt der Prüfung nicht gültig[: Es gilt von {notBefore} bis {notAfter}].',
  },
  'revocation-available': {
    holds: 'Sperrinformationen liegen vor.',
    otherwise: 'Es gibt keine Sperrinformationen; daher ist nicht bekannt, ob das Zertifikat[ von {certificate}] widerrufen wurde.',
    remedy: 'Legen Sie eine CRL oder eine OCSP-Antwort bei, oder prüfen Sie mit Zugang zum Netz.',
  },
  'revocation-acceptable': {
    holds: 'Auf die Sperrinformationen ist Verlass.',
    otherwise: 'Auf die vorliegenden Sperrinformationen[ für {certificate}] ist kein Verlass.',
    remedy: 'Legen Sie Sperrinformationen vom Aussteller des Zertifikats bei.',
  },
  'revocation-access-present': {
    holds: 'Das Zertifikat sagt, wo zu erfahren ist, ob es widerrufen wurde.',
    otherwise: 'Das Zertifikat sagt nicht, wo zu erfahren ist, ob es widerrufen wurde.',
  },
  'revocation-fresh': {
    holds: 'Die Sperrinformationen sind aktuell genug.',
    otherwise: 'Die Sperrinformationen[ für {certificate}] sind zu alt[: Sie wurden am {thisUpdate} ausgestellt].',
    remedy: 'Legen Sie neuere Sperrinformationen bei.',
  },
  'revocation-not-in-future': {
    holds: 'Die Sperrinformationen stammen nicht aus der Zukunft.',
    otherwise: 'Die Sperrinformationen geben eine Zeit an, die noch nicht gekommen ist.',
  },
  'revocation-not-self-issued': {
    holds: 'Die Sperrinformationen stammen nicht von dem Zertifikat, das sie betreffen.',
    otherwise: 'Die Sperrinformationen stammen von dem Zertifikat, das sie betreffen.',
  },
  'revocation-certificate-hash-match': {
    holds: 'Die Sperrinformationen nennen genau dieses Zertifikat.',
    otherwise: 'Die Sperrinformationen betreffen ein anderes Zertifikat mit dieser Nummer.',
  },
  'revocation-issuer-within-validity': {
    holds: 'Wer die Sperrinformationen erzeugt hat, besitzt ein gültiges Zertifikat.',
    otherwise: 'Wer die Sperrinformationen erzeugt hat, besitzt kein gültiges Zertifikat.',
    remedy: 'Legen Sie neuere Sperrinformationen bei.',
  },
  'responder-authorised': {
    holds: 'Wer die Sperrinformationen erzeugt hat, darf für den Aussteller sprechen.',
    otherwise: 'Wer die Sperrinformationen erzeugt hat, darf nicht für den Aussteller sprechen.',
  },
  'not-revoked': {
    holds: 'Das Zertifikat ist nicht widerrufen.',
    otherwise: 'Das Zertifikat[ von {certificate}] wurde[ am {revokedAt}] widerrufen[, Grund: {reason}].',
    remedy: 'Ein Zeitstempel, der älter ist als der Widerruf.',
  },
  'not-on-hold': {
    holds: 'Das Zertifikat ist nicht vorläufig gesperrt.',
    otherwise: 'Das Zertifikat[ von {certificate}] ist vorläufig gesperrt: Es kann später freigegeben oder widerrufen werden.',
    remedy: 'Prüfen Sie später erneut.',
  },
  'not-self-signed': {
    holds: 'Das Zertifikat wurde von jemand anderem ausgestellt.',
    otherwise: 'Das Zertifikat[ von {certificate}] ist selbst signiert: Niemand sonst bürgt dafür.',
  },
  'certificate-signature-intact': {
    holds: 'Das Zertifikat trägt die Signatur seines Ausstellers.',
    otherwise: 'Das Zertifikat[ von {certificate}] trägt nicht die Signatur seines Ausstellers.',
  },
  'issuer-access-present': {
    holds: 'Das Zertifikat sagt, wo sein Aussteller zu finden ist.',
    otherwise: 'Das Zertifikat sagt nicht, wo sein Aussteller zu finden ist.',
  },
  'authority-key-identifier-present': {
    holds: 'Das Zertifikat nennt den Schlüssel seines Ausstellers.',
    otherwise: 'Das Zertifikat nennt den Schlüssel seines Ausstellers nicht.',
  },
  'subject-key-identifier-present': {
    holds: 'Das Zertifikat der Stelle nennt deren Schlüssel.',
    otherwise: 'Das Zertifikat der Stelle[ {certificate}] nennt deren Schlüssel nicht.',
  },
  'critical-extensions-supported': {
    holds: 'Jede kritische Erweiterung des Zertifikats ist bekannt.',
    otherwise: 'Das Zertifikat[ von {certificate}] hat eine kritische Erweiterung, die nicht bekannt ist[: {extensions}].',
  },
  'extensions-allowed': {
    holds: 'Das Zertifikat hat keine Erweiterung, die dort nicht hingehört.',
    otherwise: 'Das Zertifikat[ von {certificate}] hat eine Erweiterung, die dort nicht hingehört[: {extensions}].',
  },
  'no-rev-avail-consistent': {
    holds: 'Was das Zertifikat über seinen Widerruf sagt, ist widerspruchsfrei.',
    otherwise: 'Das Zertifikat[ von {certificate}] sagt zugleich, dass es keine Sperrinformationen gibt und wo sie zu finden sind.',
  },
  'path-constraints': {
    holds: 'Die Zertifikate halten die Vorgaben ihrer Aussteller ein.',
    otherwise: 'Die Zertifikate verletzen eine Vorgabe eines Ausstellers[: {problem}].',
  },
  'byte-range-valid': {
    holds: 'Der unterzeichnete Bereich ist die ganze Fassung außer der Signatur selbst.',
    otherwise: 'Der unterzeichnete Bereich lässt Teile des Dokuments aus, die er umfassen müsste[: {problem}].',
    remedy: 'Verlassen Sie sich nicht auf diese Datei; bitten Sie um das Original.',
  },
  'later-changes-known': {
    holds: 'Was der Datei später hinzugefügt wurde, ist bekannt.',
    otherwise: 'Der Datei wurde später etwas hinzugefügt, dessen Auswirkung nicht untersucht wurde.',
    remedy: 'Vergleichen Sie diese Datei mit der unterzeichneten Fassung.',
  },
  'later-changes-allowed': {
    holds: 'Später wurde nichts geändert, was die Signatur nicht zulässt.',
    otherwise:
      'Die Datei wurde später in einer Weise geändert, welche die Signatur nicht zulässt[: {first}][ ({changes} solche Änderungen)].',
    remedy: 'Verlassen Sie sich nur auf die unterzeichnete Fassung, nicht auf die Datei, wie sie vorliegt.',
  },
  'timestamp-valid': {
    holds: 'Der Zeitstempel ist gültig.',
    otherwise: 'Ein Zeitstempel ist nicht gültig und beweist keine Zeit.',
  },
  'timestamps-intact': {
    holds: 'Jeder Zeitstempel dieser Signatur ist unversehrt.',
    otherwise: 'Ein Zeitstempel dieser Signatur ist gebrochen: Er stammt von anderswo, oder was er abdeckt, wurde geändert.',
    remedy: 'Verlangen Sie das Dokument, wie es war, bevor der Zeitstempel hinzukam.',
  },
  'content-timestamp-valid': {
    holds: 'Der Zeitstempel über den Inhalt ist gültig.',
    otherwise: 'Der Zeitstempel über den Inhalt ist nicht gültig und beweist keine Zeit.',
  },
  'timestamp-order': {
    holds: 'Die Zeiten der Zeitstempel haben die richtige Reihenfolge.',
    otherwise: 'Die Zeiten der Zeitstempel widersprechen einander.',
  },
  'timestamp-delay': {
    holds: 'Der Zeitstempel folgte bald auf die angegebene Zeit.',
    otherwise: 'Der Zeitstempel ist viel jünger als die angegebene Zeit.',
  },
  'certificate-qualified': {
    holds: 'Das Zertifikat war qualifiziert, als es ausgestellt wurde und als es die Signatur nachweislich gab.',
    otherwise: 'Nach den Vertrauenslisten ist das Zertifikat kein qualifiziertes[: {qualification}].',
  },
  'key-in-qualified-device': {
    holds: 'Der Schlüssel lag in einer qualifizierten Einheit.',
    otherwise: 'Nach den Vertrauenslisten lag der Schlüssel nicht in einer qualifizierten Signaturerstellungseinheit[: {qualification}].',
  },
  'timestamp-after-issuance': {
    holds: 'Der Zeitstempel ist nicht älter als das Zertifikat, mit dem er gemacht wurde.',
    otherwise:
      'Der Zeitstempel trägt eine Zeit[, {time},] vor der Ausstellung des Zertifikats, mit dem er gemacht wurde: Sie kann nicht stimmen und beweist nichts.',
    remedy: 'Lassen Sie das Dokument noch einmal mit einem Zeitstempel versehen.',
  },
  'timestamp-extensions-known': {
    holds: 'Der Zeitstempel enthält nichts, was sich nicht verstehen ließe.',
    otherwise:
      'Der Zeitstempel enthält eine kritische Erweiterung, die hier unbekannt ist[: {extensions}]. Was sie bedeutet, lässt sich nicht sagen; deshalb darf er nicht verwendet werden.',
    remedy: 'Fragen Sie die Zeitstempelstelle, wozu die Erweiterung dient, oder verwenden Sie einen Zeitstempel einer anderen Stelle.',
  },
  'tsa-name-match': {
    holds: 'Der Zeitstempel nennt die Stelle, die ihn erzeugt hat.',
    otherwise: 'Der Zeitstempel nennt eine andere Stelle als die, welche ihn erzeugt hat.',
  },
  'chain-to-trust-anchor': {
    holds: 'Die Zertifikatskette führt zu einer vertrauenswürdigen Stelle.',
    otherwise: 'Die Zertifikatskette führt zu keiner vertrauenswürdigen Stelle.',
    remedy: 'Geben Sie die ausstellende Stelle als vertrauenswürdig an, sofern Sie ihr vertrauen.',
  },
  'trust-anchor-before-sunset': {
    holds: 'Die Stelle gilt noch als vertrauenswürdig.',
    otherwise: 'Die Stelle galt einmal als vertrauenswürdig, jetzt aber nicht mehr.',
    remedy: 'Ein Zeitstempel aus der Zeit, als die Stelle vertrauenswürdig war.',
  },
  'evidence-complete': {
    holds: 'Alle Nachweise wurden gesammelt.',
    otherwise: 'Einige Nachweise wurden nicht betrachtet, weil eine Grenze erreicht war[: {exhausted}].',
  },
  'best-signature-time-before-expiry': {
    holds: 'Die Signatur ist nachweislich älter als das Ende der Gültigkeit des Zertifikats.',
    otherwise:
      'Die Signatur ist nicht nachweislich älter als das Ende der Gültigkeit des Zertifikats[; nachgewiesen ist sie erst für den {bestSignatureTime}].',
    remedy: 'Ein Zeitstempel aus der Zeit, als das Zertifikat gültig war.',
  },
  'best-signature-time-before-revocation': {
    holds: 'Die Signatur ist nachweislich älter als der Widerruf.',
    otherwise: 'Die Signatur ist nicht nachweislich älter als der Widerruf[; nachgewiesen ist sie erst für den {bestSignatureTime}].',
    remedy: 'Ein Zeitstempel, der älter ist als der Widerruf.',
  },
  'best-signature-time-not-before-issuance': {
    holds: 'Die Signatur ist nicht älter als ihr Zertifikat.',
    otherwise: 'Die Signatur ist älter als das Zertifikat, mit dem sie erzeugt wurde[: Sie lag am {bestSignatureTime} vor].',
  },
  'validity-needs-proof': {
    holds: 'Es braucht keinen Nachweis, dass das Zertifikat gültig war.',
    otherwise: 'Es ist nicht nachgewiesen, dass das Zertifikat gültig war, als die Signatur entstand.',
    remedy: 'Ein Zeitstempel aus der Zeit, als das Zertifikat gültig war.',
  },
  'ca-basic-constraints': {
    holds: 'Die ausstellende Stelle darf Zertifikate ausstellen.',
    otherwise:
      'Das Zertifikat[ von {certificate}] berechtigt nicht zum Ausstellen von Zertifikaten, hat aber eines dieser Kette ausgestellt.',
  },
  'certificate-algorithm': {
    holds: 'Die Signatur des Zertifikats verwendet einen als sicher geltenden Algorithmus.',
    otherwise:
      'Das Zertifikat[ von {subject}] wurde mit einem Verfahren unterzeichnet, das nicht mehr als sicher gilt[: {algorithm}][, {keyBits} Bit][, {digest}].',
    remedy: 'Ein Zeitstempel aus der Zeit, als es noch als sicher galt.',
  },
  'chain-algorithms': {
    holds: 'Die Kette und ihre Sperrinformationen verwenden als sicher geltende Algorithmen.',
    otherwise:
      'Ein Zertifikat oder Sperrinformationen der Kette[, {subject},] verwenden ein Verfahren, das nicht mehr als sicher gilt[: {algorithm}][, {keyBits} Bit][, {digest}].',
    remedy: 'Ein Zeitstempel aus der Zeit, als es noch als sicher galt.',
  },
  'revocation-algorithms': {
    holds: 'Die Sperrinformationen verwenden als sicher geltende Algorithmen.',
    otherwise:
      'Die Sperrinformationen verwenden ein Verfahren, das nicht mehr als sicher gilt[: {algorithm}][, {keyBits} Bit][, {digest}].',
    remedy: 'Neuere Sperrinformationen.',
  },
  'certificate-signature-supported': {
    holds: 'Der Algorithmus der Signatur des Zertifikats ist hier bekannt.',
    otherwise: 'Der Algorithmus der Signatur des Zertifikats[ von {certificate}] wird hier nicht unterstützt[: {algorithm}].',
  },
  'data-algorithms-at-best-signature-time': {
    holds: 'Die Hashverfahren des unterzeichneten Inhalts galten zur nachgewiesenen Zeit als sicher.',
    otherwise: 'Ein Hashverfahren des unterzeichneten Inhalts[, {digest},] galt zur nachgewiesenen Zeit nicht mehr als sicher.',
    remedy: 'Ein älterer Zeitstempel, sofern es einen gibt.',
  },
  'signature-algorithms': {
    holds: 'Die Verfahren der Signatur gelten als sicher.',
    otherwise:
      'Die Signatur verwendet ein Verfahren, das nicht mehr als sicher gilt[: {algorithm}][, {keyBits} Bit][, {digest}][; sicher war es bis {until}].',
    remedy: 'Ein Zeitstempel aus der Zeit, als es noch als sicher galt.',
  },
  'signature-algorithm-at-best-signature-time': {
    holds: 'Das Signaturverfahren galt zur nachgewiesenen Zeit als sicher.',
    otherwise:
      'Die Signatur verwendet ein Verfahren, das zur nachgewiesenen Zeit[, {bestSignatureTime},] nicht mehr als sicher galt[: {algorithm}][, {keyBits} Bit][, {digest}].',
    remedy: 'Ein älterer Zeitstempel, sofern es einen gibt.',
  },
  'signature-algorithm-supported': {
    holds: 'Das Signaturverfahren ist hier bekannt.',
    otherwise: 'Das Signaturverfahren wird hier nicht unterstützt[: {algorithm}].',
  },
  'signature-accepted': {
    holds: 'Die Signatur hat alles, was die Richtlinie verlangt.',
    otherwise: 'Der Signatur fehlt etwas, das die Richtlinie verlangt.',
  },
  'extended-key-usage-time-stamping': {
    holds: 'Das Zertifikat wurde für Zeitstempel ausgestellt.',
    otherwise: 'Das Zertifikat[ von {certificate}] wurde nicht für Zeitstempel ausgestellt.',
  },
  'issuer-name-match': {
    holds: 'Jedes Zertifikat nennt seinen Aussteller.',
    otherwise: 'Das Zertifikat[ von {certificate}] nennt einen anderen Aussteller als den, der es unterzeichnet hat.',
  },
  'key-usage-certificate-signing': {
    holds: 'Der Schlüssel der ausstellenden Stelle darf Zertifikate unterzeichnen.',
    otherwise: 'Der Schlüssel[ von {certificate}] darf keine Zertifikate unterzeichnen, hat aber eines dieser Kette unterzeichnet.',
  },
  'one-signer-info': {
    holds: 'Im Signaturfeld steht genau eine Signatur.',
    otherwise: 'Im Signaturfeld steht nicht genau eine Signatur[, sondern {signerInfos}].',
  },
  'path-length': {
    holds: 'Die Kette ist nicht länger, als ihre Stellen erlauben.',
    otherwise: 'Die Kette ist länger, als die Stelle[ {certificate}] erlaubt.',
  },
  'responder-id-match': {
    holds: 'Die OCSP-Antwort nennt, wer sie unterzeichnet hat.',
    otherwise: 'Die OCSP-Antwort nennt eine andere Stelle als die, welche sie unterzeichnet hat.',
  },
  'responder-valid-at-production': {
    holds: 'Wer die Sperrinformationen unterzeichnet hat, besaß damals ein gültiges Zertifikat.',
    otherwise: 'Wer die Sperrinformationen unterzeichnet hat, besaß damals kein gültiges Zertifikat.',
  },
  'revocation-after-issuance': {
    holds: 'Die Sperrinformationen sind jünger als das Zertifikat.',
    otherwise: 'Die Sperrinformationen sind älter als das Zertifikat.',
    remedy: 'Neuere Sperrinformationen.',
  },
  'revocation-covers-certificate': {
    holds: 'Die Sperrinformationen betreffen das Zertifikat.',
    otherwise: 'Die Sperrinformationen betreffen das Zertifikat nicht[: {problem}].',
    remedy: 'Sperrinformationen, die es betreffen.',
  },
  'revocation-for-chain': {
    holds: 'Für die ganze Kette liegen Sperrinformationen vor.',
    otherwise: 'Nicht für die ganze Kette liegen Sperrinformationen vor.',
    remedy: 'Legen Sie für jedes Zertifikat eine CRL oder eine OCSP-Antwort bei.',
  },
  'revocation-fresh-at-best-signature-time': {
    holds: 'Die Sperrinformationen sind für die nachgewiesene Zeit aktuell genug.',
    otherwise: 'Die Sperrinformationen sind für die nachgewiesene Zeit[, {bestSignatureTime},] zu alt.',
    remedy: 'Neuere Sperrinformationen.',
  },
  'revocation-issuer-chain': {
    holds: 'Wer die Sperrinformationen unterzeichnet hat, hat eine Kette zu einer vertrauenswürdigen Stelle.',
    otherwise: 'Wer die Sperrinformationen unterzeichnet hat, hat keine Kette zu einer vertrauenswürdigen Stelle.',
  },
  'revocation-issuer-known': {
    holds: 'Es ist bekannt, wer die Sperrinformationen unterzeichnet hat.',
    otherwise: 'Es ist nicht bekannt, wer die Sperrinformationen unterzeichnet hat.',
    remedy: 'Legen Sie das Zertifikat des OCSP-Dienstes oder des Ausstellers der CRL bei.',
  },
  'revocation-issuers-acceptable': {
    holds: 'Wer die Sperrinformationen unterzeichnet hat, wird anerkannt.',
    otherwise: 'Wer die Sperrinformationen unterzeichnet hat, wird nicht anerkannt.',
  },
  'revocation-knows-certificate': {
    holds: 'Die Sperrinformationen geben über Zertifikate dieses Alters Auskunft.',
    otherwise: 'Die Sperrinformationen geben über abgelaufene Zertifikate keine Auskunft.',
    remedy: 'Sperrinformationen aus der Zeit, als das Zertifikat gültig war.',
  },
  'revocation-signature-intact': {
    holds: 'Die Sperrinformationen tragen die Signatur ihres Ausstellers.',
    otherwise: 'Die Signatur der Sperrinformationen ist nicht gültig.',
    remedy: 'Beschaffen Sie die Sperrinformationen neu.',
  },
  'revocation-signature-supported': {
    holds: 'Der Algorithmus der Sperrinformationen ist hier bekannt.',
    otherwise: 'Der Algorithmus der Sperrinformationen wird hier nicht unterstützt.',
  },
  'revocation-status-known': {
    holds: 'Die Sperrinformationen kennen das Zertifikat.',
    otherwise: 'Die Sperrinformationen kennen das Zertifikat nicht.',
  },
  'revocation-this-update-present': {
    holds: 'Die Sperrinformationen sagen, wann sie ausgestellt wurden.',
    otherwise: 'Die Sperrinformationen sagen nicht, wann sie ausgestellt wurden.',
  },
  'container-entries-sound': {
    holds: 'Kein Eintrag des Containers steht doppelt oder führt in die Irre.',
    otherwise: 'Ein Eintrag des Containers steht doppelt, oder sein Name führt in die Irre[: {problem}].',
  },
  'signature-readable': {
    holds: 'Die Signatur ist gebaut, wie es der Standard vorsieht.',
    otherwise: 'Die Signatur ist nicht gebaut, wie es der Standard vorsieht, und lässt sich nicht prüfen[: {problem}].',
  },
  'signature-identifier-unique': {
    holds: 'Kein anderes Element trägt die Kennung der Signatur.',
    otherwise: 'Ein anderes Element trägt die Kennung der Signatur: welches gemeint ist, lässt sich nicht sagen.',
  },
  'references-unambiguous': {
    holds: 'Jeder Verweis nennt ein Element.',
    otherwise: 'Was ein Verweis nennt, steht mehrmals im Dokument[: {first}].',
  },
  'manifest-entries-found': {
    holds: 'Alles, was das Manifest aufführt, liegt vor.',
    otherwise: 'Nicht alles, was das Manifest aufführt, liegt vor und wurde verglichen[: {entries} von {total} fehlen].',
  },
  'container-mimetype': {
    holds: 'Der Container nennt seinen Typ.',
    otherwise: 'Der Mimetype des Containers ist nicht der seines Typs[: {mimetype}].',
  },
  'container-manifest-present': {
    holds: 'Der Container hat ein Manifest.',
    otherwise: 'Der Container hat kein lesbares Manifest.',
  },
  'container-data-present': {
    holds: 'Der Container enthält die unterzeichneten Daten.',
    otherwise: 'Der Container enthält nicht die Dateien, die sein Typ verlangt[ ({files})].',
  },
  'container-files-covered': {
    holds: 'Die Signatur gilt für Dateien des Containers.',
    otherwise: 'Die Signatur gilt für keine Datei des Containers.',
  },
  'container-timestamp-covers-files': {
    holds: 'Der Zeitstempel erfasst selbst jede Datei, die er schützen soll.',
    otherwise: 'Der Zeitstempel erfasst nicht selbst jede Datei, die er schützen soll[: {files} fehlen, zuerst {first}].',
  },
  'container-file-names': {
    holds: 'Die Dateien des Containers sind benannt wie im Standard.',
    otherwise: 'Eine Datei des Containers ist nicht benannt wie im Standard[: {first}].',
  },
  'container-files-all-covered': {
    holds: 'Jede Datei des Containers ist erfasst.',
    otherwise: 'Nicht jede Datei des Containers ist erfasst[: {files} fehlen, zuerst {first}].',
  },
  'signature-dictionary-unchanged': {
    holds: 'Das Signaturfeld ist heute so, wie es unterzeichnet wurde.',
    otherwise: 'Das Signaturfeld wurde nach der Unterzeichnung verändert.',
    remedy: 'Verlassen Sie sich nur auf die unterzeichnete Fassung.',
  },
  'signature-policy-acceptable': {
    holds: 'Die Signaturrichtlinie wird anerkannt.',
    otherwise: 'Die Signaturrichtlinie[ {policy}] wird von der Prüfrichtlinie nicht anerkannt.',
  },
  'signed-content-digest-present': {
    holds: 'Die Signatur enthält den Hashwert des Inhalts.',
    otherwise: 'Die Signatur enthält den Hashwert des Inhalts nicht.',
  },
  'signed-data-found': {
    holds: 'Der unterzeichnete Inhalt liegt vor.',
    otherwise: 'Unterzeichneter Inhalt fehlt[: {names}].',
    remedy: 'Legen Sie die unterzeichnete Datei bei.',
  },
  'signed-data-intact': {
    holds: 'Der unterzeichnete Inhalt ist unverändert.',
    otherwise: 'Der unterzeichnete Inhalt wurde nach der Unterzeichnung geändert[: {names}].',
    remedy: 'Beschaffen Sie die ursprüngliche Datei.',
  },
  'signing-certificate-recognised': {
    holds: 'Das Zertifikat der unterzeichnenden Person liegt vor.',
    otherwise: 'Das Zertifikat der unterzeichnenden Person wurde nicht gefunden.',
    remedy: 'Legen Sie das Zertifikat der unterzeichnenden Person bei.',
  },
  'signer-valid-at-best-signature-time': {
    holds: 'Das Zertifikat war zur nachgewiesenen Zeit gültig.',
    otherwise: 'Das Zertifikat war zur nachgewiesenen Zeit[, {bestSignatureTime},] abgelaufen.',
    remedy: 'Ein älterer Zeitstempel, sofern es einen gibt.',
  },
  'signing-key-known': {
    holds: 'Der Schlüssel der unterzeichnenden Person ist hier verwendbar.',
    otherwise: 'Der Schlüssel der unterzeichnenden Person ist hier nicht verwendbar.',
  },
  'byte-range-ends-with-revision': {
    holds: 'Die unterzeichneten Bytes enden, wo ihre Fassung der Datei endet.',
    otherwise: 'Die Fassung der Datei geht nach den unterzeichneten Bytes weiter; ihr Ende ist durch die Signatur nicht geschützt.',
  },
  ...pastWords,
};
