#!/bin/sh
# Makes the encrypted files of this folder from plain.pdf, by qpdf 11 and pyHanko 0.38; case.json tells how each opens.
# Keys and vectors are drawn anew on each run.
set -eu
cd "$(dirname "$0")"
q() { to=$1; shift; qpdf --allow-weak-crypto "$@" plain.pdf "$to"; }
q rc4-40.pdf --encrypt user owner 40 --
q rc4-128.pdf --encrypt user owner 128 --use-aes=n --
q rc4-128-filters.pdf --encrypt user owner 128 --use-aes=n --force-V4 --
q aes-128.pdf --encrypt user owner 128 --use-aes=y --
q aes-128-open-metadata.pdf --encrypt user owner 128 --use-aes=y --cleartext-metadata --
q aes-256-r5.pdf --encrypt user owner 256 --force-R5 --
q aes-256.pdf --encrypt user owner 256 --
q aes-256-object-streams.pdf --object-streams=generate --encrypt user owner 256 --
q aes-128-object-streams.pdf --object-streams=generate --encrypt user owner 128 --use-aes=y --
q aes-256-no-changes.pdf --encrypt "" owner 256 --modify=none --
q rc4-128-no-changes.pdf --encrypt "" owner 128 --use-aes=n --modify=none --
q aes-256-fill-only.pdf --encrypt "" owner 256 --modify=form --
q aes-256-unicode.pdf --encrypt "Käse ½" "ΟΔΟΣ" 256 --
"${PYTHON:-python3}" - <<'PYTHON'
from pyhanko.pdf_utils import writer
from pyhanko.pdf_utils.crypt import StandardSecurityHandler
from pyhanko.pdf_utils.reader import PdfFileReader
for name, options in (('aes-gcm', {'use_gcm': True, 'pdf_mac': False}), ('aes-gcm-mac', {'use_gcm': True, 'pdf_mac': True})):
    with open('plain.pdf', 'rb') as source, open(f'{name}.pdf', 'wb') as to:
        made = writer.copy_into_new_writer(PdfFileReader(source))
        made._assign_security_handler(StandardSecurityHandler.build_from_pw('owner', 'user', **options))
        made.write(to)
PYTHON
