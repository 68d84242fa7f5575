/** The one table of routes of the TLS port: method, path, who may, handler. What is not here does not exist. */
import { certificateRoutes } from './api/certificates.ts'
import { compromiseRoutes } from './api/compromises.ts'
import { documentRoutes } from './api/documents.ts'
import { journalRoutes } from './api/journal.ts'
import { orderRoutes } from './api/orders.ts'
import { peopleRoutes } from './api/people.ts'
import { renewalRoutes } from './api/renewals.ts'
import { requestRoutes } from './api/requests.ts'
import { restoreRoutes } from './api/restores.ts'
import { searchRoutes } from './api/search.ts'
import { signRequestRoutes } from './api/sign_requests.ts'
import { unitRoutes } from './api/units.ts'
import { uploadRoutes } from './api/uploads.ts'
import { upgradeRoutes } from './api/upgrades.ts'
import { estRoutes } from './est/routes.ts'
import { describeApi } from './openapi.ts'
import { assetRoute } from './assets.ts'
import { eventRoutes } from './pages/events.ts'
import { administratorsRoutes } from './pages/administrators.ts'
import { frontRoute } from './pages/front.ts'
import { preferenceRoutes } from './pages/preferences.ts'
import { signedPageRoutes } from './pages/signed.ts'
import { signerRoutes } from './pages/signer.ts'
import { verifierRoutes } from './pages/verifier.ts'
import { boxRoutes } from './pages/unit/boxes.ts'
import { composeRoutes } from './pages/unit/compose/routes.ts'
import { documentPageRoutes } from './pages/unit/document/routes.ts'
import { searchPageRoutes } from './pages/unit/search.ts'
import { timeStampRoute } from './pki.ts'
import { route, type Route } from './types.ts'

const acts: readonly Route[] = [
  ...documentRoutes,
  ...uploadRoutes,
  ...searchRoutes,
  ...unitRoutes,
  ...peopleRoutes,
  ...requestRoutes,
  ...renewalRoutes,
  ...certificateRoutes,
  ...orderRoutes,
  ...compromiseRoutes,
  ...upgradeRoutes,
  ...restoreRoutes,
  ...journalRoutes,
  timeStampRoute('certified'),
]

const table: readonly Route[] = [...acts, ...signRequestRoutes(acts)]

/** What people see; the description of the API leaves it out. */
const pages: readonly Route[] = [
  frontRoute,
  assetRoute,
  ...eventRoutes,
  ...signerRoutes,
  ...verifierRoutes,
  ...preferenceRoutes,
  ...boxRoutes,
  ...searchPageRoutes,
  ...composeRoutes,
  ...documentPageRoutes,
  ...administratorsRoutes,
  ...signedPageRoutes(table),
]

export const routes: readonly Route[] = [
  ...pages,
  ...estRoutes,
  route({
    method: 'GET',
    path: '/api/v1/openapi.json',
    who: 'certified',
    summary: 'This description',
    handle: ({ parts }) => Promise.resolve({ json: describeApi(table, parts.box) }),
  }),
  ...table,
]
