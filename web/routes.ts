/** The one table of routes of the TLS port: method, path, who may, handler. What is not here does not exist. */
import { certificateRoutes } from './api/certificates.ts'
import { documentRoutes } from './api/documents.ts'
import { journalRoutes } from './api/journal.ts'
import { searchRoutes } from './api/search.ts'
import { unitRoutes } from './api/units.ts'
import { uploadRoutes } from './api/uploads.ts'
import { describeApi } from './openapi.ts'
import { frontPage } from './pages/front.ts'
import { timeStampRoute } from './pki.ts'
import { route, type Route } from './types.ts'

const table: readonly Route[] = [
  ...documentRoutes,
  ...uploadRoutes,
  ...searchRoutes,
  ...unitRoutes,
  ...certificateRoutes,
  ...journalRoutes,
  timeStampRoute('certified'),
]

export const routes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/',
    who: 'anyone',
    summary: 'Explains how to enrol, or says who the certificate stands for',
    handle: (request) => Promise.resolve(frontPage(request)),
  }),
  route({
    method: 'GET',
    path: '/api/v1/openapi.json',
    who: 'certified',
    summary: 'This description',
    handle: ({ parts }) => Promise.resolve({ json: describeApi(table, parts.box) }),
  }),
  ...table,
]
