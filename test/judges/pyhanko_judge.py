"""pyHanko as a judge of PDF signatures: one JSON request per line on stdin, one JSON answer per line on stdout.

Requests:
  {"op": "pdf", "path": P, "password": T or absent, "trust": [PEM ...], "others": [PEM ...], "at": ISO or null}
      -> {"signatures": [...]}
  {"op": "long-term", "path": P, "trust": [PEM ...], "maintained": bool} -> {"signatures": [...]}: offline, with revocation data
      for every certificate; maintained: tomorrow, as if time-stamps had been added until then
  {"op": "sign", "path": P, "to": Q, "key": PEM, "chain": [PEM ...], "subFilter": S, "digest": D, "certify": bool,
      "tsa": URL or null}  -> {}
  {"op": "judge-cms", "cms": BASE64, "content": BASE64 or absent, "trust": [PEM ...], "at": ISO or null} -> its conclusion
  {"op": "cms", "key": PEM, "cert": PEM, "content": BASE64, "pss": bool}               -> {"cms": BASE64}
Every request may carry an "id", which comes back. An answer with "error" says why there is no other.
The first line, before any request, tells the versions.
"""

import asyncio
import base64
import json
import logging
import sys
import warnings
from datetime import datetime, timedelta, timezone
from importlib.metadata import version

warnings.simplefilter('ignore')
logging.disable(logging.CRITICAL)

from asn1crypto import cms, keys, pem, x509  # noqa: E402
from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: E402
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: E402
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter  # noqa: E402
from pyhanko.sign.signers.pdf_cms import SimpleSigner  # noqa: E402
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner  # noqa: E402
from pyhanko.sign.timestamps import HTTPTimeStamper  # noqa: E402
from pyhanko.sign.validation import (  # noqa: E402
    DocumentSecurityStore,
    async_validate_cms_signature,
    async_validate_detached_cms,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.ades import (  # noqa: E402
    ades_lta_validation,
    simulate_future_ades_lta_validation,
)
from pyhanko.sign.validation.policy_decl import (  # noqa: E402
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext  # noqa: E402
from pyhanko_certvalidator.context import CertValidationPolicySpec  # noqa: E402
from pyhanko_certvalidator.policy_decl import (  # noqa: E402
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleCertificateStore, SimpleTrustManager  # noqa: E402


def certificates(pems):
    return [
        x509.Certificate.load(der)
        for text in pems
        for _, _, der in pem.unarmor(text.encode('ascii'), multiple=True)
    ]


def context(request):
    moment = request.get('at')
    return ValidationContext(
        trust_roots=certificates(request.get('trust', [])),
        other_certs=certificates(request.get('others', [])),
        moment=datetime.fromisoformat(moment) if moment else None,
        allow_fetching=False,
        revocation_mode='soft-fail',
    )


def name_of(value):
    return getattr(value, 'name', None) if value is not None else None


def why(error):
    return f'{type(error).__name__}: {error}'


def conclusion(status):
    problem = status.trust_problem_indic
    return {
        'intact': status.intact,
        'valid': status.valid,
        'trusted': status.trusted,
        'trustProblem': str(problem) if problem is not None else None,
        'digestAlgorithm': status.md_algorithm,
        'signerSubject': status.signing_cert.subject.human_friendly,
    }


def timestamp(status):
    if status is None:
        return None
    return {**conclusion(status), 'time': status.timestamp.isoformat()}


def store(reader):
    dss = DocumentSecurityStore.read_dss(reader) if '/DSS' in reader.root else None
    if dss is None:
        return None
    return {'certs': len(dss.certs), 'crls': len(dss.crls), 'ocsps': len(dss.ocsps), 'vri': len(dss.vri_entries)}


async def judge_one(embedded, request):
    sig = embedded.sig_object
    facts = {
        'field': embedded.field_name,
        'type': 'timestamp' if sig.get('/Type') == '/DocTimeStamp' else 'signature',
        'subFilter': str(sig.get('/SubFilter', '')),
        'signedAttributes': sorted(attr['type'].native for attr in embedded.signer_info['signed_attrs']),
        'unsignedAttributes': sorted(attr['type'].native for attr in embedded.signer_info['unsigned_attrs'] or []),
    }
    try:
        if facts['type'] == 'timestamp':
            status = await async_validate_pdf_timestamp(embedded, context(request))
            stamp = timestamp(status)
        else:
            status = await async_validate_pdf_signature(embedded, context(request), context(request))
            stamp = timestamp(status.timestamp_validity)
        return {
            **facts,
            **conclusion(status),
            'coverage': name_of(status.coverage),
            'modificationLevel': name_of(status.modification_level),
            'docmdpOk': status.docmdp_ok,
            'timestamp': stamp,
            # a document time-stamp has no such summary of its own
            'bottomLine': getattr(status, 'bottom_line', status.intact and status.valid and status.trusted),
        }
    except Exception as error:  # a judge that gives up on one signature still answers for the others
        return {**facts, 'error': why(error)}


async def judge_pdf(request):
    with open(request['path'], 'rb') as file:
        reader = PdfFileReader(file, strict=False)
        if request.get('password') is not None:
            reader.decrypt(request['password'])
        found = [await judge_one(embedded, request) for embedded in reader.embedded_signatures]
        return {'signatures': found, 'dss': store(reader)}


async def judge_long_term(request):
    rule = RevocationCheckingRule.CRL_OR_OCSP_REQUIRED
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(certificates(request['trust'])),
        revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy(rule, rule)),
    )
    offline = RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY)
    spec = PdfSignatureValidationSpec(SignatureValidationSpec(policy, revinfo_gathering_policy=offline))
    tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
    found = []
    with open(request['path'], 'rb') as file:
        for embedded in PdfFileReader(file, strict=False).embedded_regular_signatures:
            judged = await (
                simulate_future_ades_lta_validation(embedded, spec, tomorrow)
                if request['maintained']
                else ades_lta_validation(embedded, spec)
            )
            oldest = judged.oldest_evidence_record_timestamp
            found.append({
                'field': embedded.field_name,
                'conclusion': judged.ades_subindic.standard_name,
                'status': judged.ades_subindic.status.name,
                'problem': judged.failure_msg,
                'bestSignatureTime': judged.best_signature_time.isoformat(),
                'firstDocumentTimestamp': oldest.isoformat() if oldest else None,
                'modificationLevel': name_of(judged.api_status.modification_level) if judged.api_status else None,
            })
    return {'signatures': found}


def signer_of(request, chain):
    _, _, key = pem.unarmor(request['key'].encode('ascii'))
    store = SimpleCertificateStore()
    store.register_multiple(chain)
    return SimpleSigner(
        signing_cert=chain[0],
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=store,
        prefer_pss=request.get('pss', False),
    )


async def sign_pdf(request):
    signer = signer_of(request, certificates(request['chain']))
    meta = PdfSignatureMetadata(
        field_name='Foreign',
        md_algorithm=request.get('digest', 'sha256'),
        subfilter=SigSeedSubFilter('/' + request['subFilter']),
        certify=request.get('certify', False),
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    with open(request['path'], 'rb') as file, open(request['to'], 'wb') as out:
        stamper = HTTPTimeStamper(request['tsa']) if request.get('tsa') else None
        await PdfSigner(meta, signer=signer, timestamper=stamper).async_sign_pdf(IncrementalPdfFileWriter(file, strict=False), output=out)
    return {}


async def make_cms(request):
    signer = signer_of(request, certificates([request['cert']])[:1])
    digest = request.get('digest', 'sha256')
    made = await signer.async_sign_general_data(base64.b64decode(request['content']), digest)
    return {'cms': base64.b64encode(made.dump()).decode('ascii')}


async def judge_cms(request):
    signed = cms.ContentInfo.load(base64.b64decode(request['cms']))['content']
    content = request.get('content')
    if content is None:  # an attached signature, whose time-stamps pyHanko does not look at
        status = await async_validate_cms_signature(signed, validation_context=context(request))
        return {**conclusion(status), 'timestamp': None, 'bottomLine': status.intact and status.valid and status.trusted}
    data = base64.b64decode(content)
    status = await async_validate_detached_cms(data, signed, context(request), context(request))
    return {**conclusion(status), 'timestamp': timestamp(status.timestamp_validity), 'bottomLine': status.bottom_line}


OPERATIONS = {'judge-cms': judge_cms, 'pdf': judge_pdf, 'long-term': judge_long_term, 'sign': sign_pdf, 'cms': make_cms}


def answer(line):
    request = json.loads(line)
    try:
        result = asyncio.run(OPERATIONS[request['op']](request))
    except Exception as error:
        result = {'error': why(error)}
    return {'id': request.get('id'), **result}


def say(value):
    sys.stdout.write(json.dumps(value) + '\n')
    sys.stdout.flush()


if __name__ == '__main__':
    say({'ready': True, 'pyhanko': version('pyhanko'), 'python': sys.version.split()[0]})
    for received in sys.stdin:
        if received.strip():
            say(answer(received))
