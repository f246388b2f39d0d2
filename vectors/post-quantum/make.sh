#!/bin/sh
# Makes these vectors with an OpenSSL from 3.5 on (OPENSSL=program): for each algorithm a CA, a leaf, a revoked leaf, a CRL, an OCSP answer and a time-stamp token.
set -eu
openssl=${OPENSSL:-openssl}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > made.cnf << CNF
[ca]
default_ca = made
[made]
database = index.txt
crlnumber = crlnumber
default_md = default
default_crl_days = 36500
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[req]
distinguished_name = name
[name]
[stamp]
version = INTEGER:1
policy = OID:1.3.6.1.4.1.32473.1
imprint = SEQUENCE:imprint
serial = INTEGER:7
time = GENERALIZEDTIME:20261123120000Z
accuracy = SEQUENCE:accuracy
ordering = BOOLEAN:TRUE
[imprint]
algorithm = SEQUENCE:digest
hash = FORMAT:HEX, OCTETSTRING:$(printf 'hello\n' | "$openssl" dgst -sha256 -r | cut -c1-64)
[digest]
name = OID:SHA256
[accuracy]
seconds = INTEGER:1
millis = IMPLICIT:0, INTEGER:500
micros = IMPLICIT:1, INTEGER:100
CNF
export OPENSSL_CONF="$work/made.cnf"
for algorithm in ML-DSA-44 ML-DSA-65 ML-DSA-87 SLH-DSA-SHA2-128s SLH-DSA-SHAKE-128s; do
  out="$here/$algorithm"
  mkdir -p "$out"
  : > index.txt
  echo 01 > crlnumber
  "$openssl" genpkey -algorithm "$algorithm" -out ca.key
  "$openssl" req -x509 -key ca.key -subj "/CN=$algorithm CA" -days 36500 -extensions authority -out ca.pem
  for name in leaf revoked tsa; do
    "$openssl" genpkey -algorithm "$algorithm" -out $name.key
    "$openssl" req -new -key $name.key -subj "/CN=$algorithm $name" -out $name.csr
    "$openssl" x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -days 36500 -extfile made.cnf -extensions $(test $name = tsa && echo tsa || echo leaf) -out $name.pem
  done
  serial() { "$openssl" x509 -in $1.pem -noout -serial | cut -d= -f2; }
  printf 'V\t360101000000Z\t\t%s\tunknown\t/CN=leaf\nR\t360101000000Z\t260101000000Z,keyCompromise\t%s\tunknown\t/CN=revoked\n' "$(serial leaf)" "$(serial revoked)" > index.txt
  "$openssl" ca -config made.cnf -cert ca.pem -keyfile ca.key -gencrl -out crl.pem
  "$openssl" ocsp -issuer ca.pem -cert leaf.pem -cert revoked.pem -no_nonce -reqout request.der
  "$openssl" ocsp -index index.txt -rsigner ca.pem -rkey ca.key -CA ca.pem -reqin request.der -respout "$out/ocsp.der" -ndays 36500
  # openssl ts signs with none of these keys; its CMS does.
  "$openssl" asn1parse -genconf made.cnf -genstr SEQUENCE:stamp -noout -out stamp.der
  "$openssl" cms -sign -binary -nodetach -cades -md sha512 -econtent_type 1.2.840.113549.1.9.16.1.4 -in stamp.der \
    -signer tsa.pem -inkey tsa.key -outform DER -out "$out/stamp.tst"
  for name in ca leaf revoked; do "$openssl" x509 -in $name.pem -outform DER -out "$out/$name.der"; done
  "$openssl" crl -in crl.pem -outform DER -out "$out/crl.der"
done
