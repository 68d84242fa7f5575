/** Rows of the pages of certificates. */
import { route, type Route } from '../../types.ts'
import { certificatesPage } from './list.ts'
import { certificateFile, certificatePage } from './one.ts'

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
]
