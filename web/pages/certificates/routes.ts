/** Rows of the pages of certificates. */
import { route, type Route } from '../../types.ts'
import { certificatesPage } from './list.ts'
import { asn1Page } from './asn1_page.ts'
import { certificateFile, certificatePage, certificatePem } from './one.ts'
import { checkRevocation, revokePage } from './revoke_form.ts'
import { signedPage } from './signed.ts'

export const certificatePageRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/certificates',
    who: 'certified',
    summary: 'Page: certificates; an officer sees all, everybody else their own',
    handle: certificatesPage,
  }),
  route({
    method: 'GET',
    path: '/certificates/:sha256',
    who: 'certified',
    summary: 'Page: one certificate, with its fingerprint in words',
    handle: certificatePage,
  }),
  route({
    method: 'GET',
    path: '/certificates/:sha256/file',
    who: 'certified',
    summary: 'The certificate, DER',
    handle: certificateFile,
  }),
  route({
    method: 'GET',
    path: '/certificates/:sha256/pem',
    who: 'certified',
    summary: 'The certificate, PEM',
    handle: certificatePem,
  }),
  route({
    method: 'GET',
    path: '/certificates/:sha256/asn1',
    who: 'certified',
    summary: 'Page: how the certificate is encoded',
    handle: asn1Page,
  }),
  route({
    method: 'GET',
    path: '/certificates/:sha256/signed',
    who: 'officer',
    summary: 'Page: what the certificate’s key signed',
    handle: signedPage,
  }),
  route({
    method: 'GET',
    path: '/certificates/:sha256/revoke',
    who: 'officer',
    summary: 'Page: why a certificate is to be revoked',
    handle: revokePage,
  }),
  route({
    method: 'POST',
    path: '/certificates/:sha256/revoke',
    who: 'officer',
    summary: 'Checks a reason and leads on to the signer; changes nothing',
    form: 'fields',
    handle: checkRevocation,
  }),
]
