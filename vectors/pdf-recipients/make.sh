#!/bin/sh
# Makes keys with openssl 3, and documents encrypted for them by pyHanko 0.38 from ../pdf-encryption/plain.pdf; case.json tells how each
# opens. Keys, seeds and vectors are drawn anew on each run. The keys are for nothing else.
set -eu
cd "$(dirname "$0")"
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
certified() { # name, options of the key, usage
  openssl genpkey -quiet $2 -out "$made/$1.key"
  openssl req -x509 -new -key "$made/$1.key" -days 36500 -subj "/CN=Recipient $1" -addext "keyUsage=critical,$3" -out "$made/$1.crt"
  cat "$made/$1.key" "$made/$1.crt" > "$1.pem"
}
certified rsa "-algorithm RSA -pkeyopt rsa_keygen_bits:2048" keyEncipherment,dataEncipherment
certified other "-algorithm RSA -pkeyopt rsa_keygen_bits:2048" keyEncipherment,dataEncipherment
certified ec "-algorithm EC -pkeyopt ec_paramgen_curve:P-256" keyAgreement
# A key that cannot sign: its certificate is another's work.
openssl genpkey -quiet -algorithm X25519 -out "$made/x25519.key"
openssl pkey -in "$made/x25519.key" -pubout -out "$made/x25519.pub"
printf 'keyUsage=critical,keyAgreement\n' > "$made/usage"
openssl x509 -new -force_pubkey "$made/x25519.pub" -subj "/CN=Recipient x25519" -CA "$made/ec.crt" -CAkey "$made/ec.key" -days 36500 \
  -extfile "$made/usage" -out "$made/x25519.crt"
cat "$made/x25519.key" "$made/x25519.crt" > x25519.pem
MADE="$made" "${PYTHON:-python3}" - <<'PYTHON'
import os
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils import writer
from pyhanko.pdf_utils.crypt import PubKeySecurityHandler, SecurityHandlerVersion as V
from pyhanko.pdf_utils.crypt.permissions import PubKeyPermissions as P
from pyhanko.pdf_utils.crypt.pubkey import RecipientEncryptionPolicy
from pyhanko.pdf_utils.generic import NameObject
from pyhanko.pdf_utils.reader import PdfFileReader

cert = lambda name: load_cert_from_pemder(f"{os.environ['MADE']}/{name}.crt")
both = ('rsa', 'other')
AGREED = RecipientEncryptionPolicy(ignore_key_usage=True)
files = {
    'rc4-40': (('rsa',), dict(version=V.RC4_40, use_crypt_filters=False)),
    'rc4-128': (both, dict(version=V.RC4_LONGER_KEYS, use_crypt_filters=False)),
    'rc4-128-filters': (('rsa',), dict(version=V.RC4_OR_AES128, use_aes=False)),
    'aes-128': (both, dict(version=V.RC4_OR_AES128)),
    'aes-128-open-metadata': (('rsa',), dict(version=V.RC4_OR_AES128, encrypt_metadata=False)),
    'aes-256': (both, dict()),
    'aes-256-open-metadata': (('rsa',), dict(encrypt_metadata=False)),
    'aes-256-oaep': (('rsa',), dict(policy=RecipientEncryptionPolicy(prefer_oaep=True))),
    'aes-256-ec': (('ec',), dict(policy=AGREED)),
    'aes-256-x25519': (('x25519',), dict(policy=AGREED)),
    'aes-256-fill-only': (('rsa',), dict(perms=P.ALLOW_FORM_FILLING | P.ALLOW_PRINTING | P.TOLERATE_MISSING_PDF_MAC)),
    'aes-256-no-changes': (('rsa',), dict(perms=P.ALLOW_PRINTING | P.TOLERATE_MISSING_PDF_MAC)),
    'aes-gcm': (both, dict(version=V.AES_GCM)),
}

def make(name, handler):
    with open('../pdf-encryption/plain.pdf', 'rb') as source, open(f'{name}.pdf', 'wb') as to:
        made = writer.copy_into_new_writer(PdfFileReader(source))
        made._assign_security_handler(handler)
        if name.endswith('-open-metadata'):
            made.root['/Metadata'].add_crypt_filter(name=NameObject('/Identity'), handler=handler)
        made.write(to)

for name, (recipients, options) in files.items():
    make(name, PubKeySecurityHandler.build_from_certs([cert(one) for one in recipients], pdf_mac=False, **options))

# Two groups with rights of their own.
handler = PubKeySecurityHandler.build_from_certs([cert('rsa')], pdf_mac=False, perms=P.ALLOW_PRINTING | P.TOLERATE_MISSING_PDF_MAC)
handler.add_recipients([cert('other')])
make('aes-256-two-groups', handler)
PYTHON
