"""Signs a PDF by pyHanko's client of the Cloud Signature Consortium API: service URL, version, credential, token, PIN, input, output."""

import asyncio
import sys

import aiohttp
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.csc_signer import (
    CSCAuthorizationManager,
    CSCServiceSessionInfo,
    CSCSigner,
    fetch_certs_in_csc_credential,
)
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner


class WithPin(CSCAuthorizationManager):
    def __init__(self, session, pin, **known):
        super().__init__(**known)
        self.session = session
        self.pin = pin

    async def authorize_signature(self, hash_b64s):
        request = self.format_csc_auth_request(num_signatures=len(hash_b64s), pin=self.pin, hash_b64s=hash_b64s)
        url = self.csc_session_info.endpoint_url('credentials/authorize')
        async with self.session.post(url, headers=self.auth_headers, json=request, raise_for_status=True) as response:
            return self.parse_csc_auth_response(await response.json())


async def main(url, version, credential, token, pin, source, target):
    info = CSCServiceSessionInfo(service_url=url, credential_id=credential, oauth_token=token, api_ver=version)
    async with aiohttp.ClientSession() as session:
        known = await fetch_certs_in_csc_credential(session, info)
        signer = CSCSigner(session, WithPin(session, pin, csc_session_info=info, credential_info=known))
        meta = PdfSignatureMetadata(field_name='Remote', md_algorithm='sha256', subfilter=SigSeedSubFilter.PADES)
        with open(source, 'rb') as document, open(target, 'wb') as signed:
            await PdfSigner(meta, signer).async_sign_pdf(IncrementalPdfFileWriter(document), output=signed)


asyncio.run(main(*sys.argv[1:]))
