/** Rows of the security officer's pages. `/units/register` comes before `:uscc`, which would take it for a unit. */
import { route, type Route } from '../../types.ts'
import { appointPage, peoplePage } from './people.ts'
import { checkRoster, exampleRoster, registerPage } from './register.ts'
import { refusalPage, requestPage } from './request.ts'
import { requestsPage } from './requests.ts'
import { unitPage } from './unit.ts'
import { unitsPage } from './units.ts'

const row = (path: string, summary: string, handle: Route['handle']): Route =>
  route({ method: 'GET', path, who: 'officer', summary, handle })

const post = (
  path: string,
  summary: string,
  of: Pick<Route, 'handle'> & { readonly form: NonNullable<Route['form']> },
): Route => route({ method: 'POST', path, who: 'officer', summary, ...of })

export const officerRoutes: readonly Route[] = [
  row('/requests', 'Page: codes given out and requests that wait', requestsPage),
  row('/requests/:id', 'Page: one request, with the words to compare', requestPage),
  post('/requests/:id/refuse', 'Checks a reason and leads on to the signer; changes nothing', {
    form: 'fields',
    handle: refusalPage,
  }),
  row('/units', 'Page: all units and how far they are', unitsPage),
  row('/units/register', 'Page: hands in a roster of units', registerPage),
  post('/units/register', 'Shows what is in a roster; registers nothing', {
    form: 'files',
    handle: checkRoster,
  }),
  row('/units/register/file', 'A roster to begin with, CSV', exampleRoster),
  row('/units/:uscc', 'Page: one unit', unitPage),
  row('/people', 'Page: officers, auditors, administrators', peoplePage),
  post('/people', 'Checks an appointment and leads on to the signer; changes nothing', {
    form: 'fields',
    handle: appointPage,
  }),
]
