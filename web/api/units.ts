/** Units over the API: officers register them, and give out a further code where the first is of no use any more. */
import * as z from 'zod'
import { issueFurtherCode, readRoster, registerRoster } from '../../provisioning/index.ts'
import { route, type Route } from '../types.ts'
import { actorOf, bytes, givenCode, signedFields, signedStatement } from './common.ts'

/** In base64 it fits a JSON body. */
const maxRosterBytes = 2 * 1024 * 1024

export const unitRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/units',
    who: 'certified',
    summary: 'The units of the district',
    handle: async ({ parts }) => ({ json: { items: await parts.directory.units() } }),
  }),
  route({
    method: 'POST',
    path: '/api/v1/units/acts/check',
    who: 'officer',
    summary: 'Reads a roster and keeps it for a day, to be signed for; registers nothing',
    body: z.strictObject({ roster: bytes(maxRosterBytes) }),
    handle: async (request) => {
      const { roster } = request.body
      const { units, refused } = readRoster(roster)
      const name = await request.parts.rosters.put(actorOf(request).holder, roster)
      return { json: { roster: name, units, refused } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/units/acts/register',
    who: 'officer',
    summary: 'Registers the units of a roster; answers a one-time code for each',
    body: z.strictObject({ ...signedFields, roster: bytes(maxRosterBytes) }),
    handle: async (request) => {
      const codes = await registerRoster(request.parts, {
        actor: actorOf(request),
        roster: request.body.roster,
        signed: signedStatement(request.body),
      })
      return { status: 201, json: { codes: codes.map(givenCode) } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/units/:uscc/acts/issue-code',
    who: 'officer',
    summary:
      'A further one-time code for a unit: one that has not enrolled, or that enrols anew; earlier ones are void',
    body: z.strictObject(signedFields),
    handle: async (request) => {
      const { uscc = '' } = request.params
      const issued = await issueFurtherCode(request.parts, {
        actor: actorOf(request),
        whom: { uscc },
        signed: signedStatement(request.body),
      })
      return { status: 201, json: givenCode(issued) }
    },
  }),
]
