/** Officers, auditors and administrators over the API: an officer appoints them, and gives out a further code. */
import * as z from 'zod'
import { personIdPattern, roles } from '../../exchange/index.ts'
import { appointPerson, issueFurtherCode, listPeople } from '../../provisioning/index.ts'
import { route, type Route } from '../types.ts'
import { actorOf, givenCode, signedFields, signedStatement } from './common.ts'

export const peopleRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/people',
    who: 'officer',
    summary: 'Officers, auditors and administrators, and whether they enrolled',
    handle: async ({ parts }) => ({ json: { items: await listPeople(parts) } }),
  }),
  route({
    method: 'POST',
    path: '/api/v1/people/acts/appoint',
    who: 'officer',
    summary: 'Appoints an officer, auditor or administrator; answers a one-time code',
    body: z.strictObject({
      ...signedFields,
      id: z.string().regex(personIdPattern),
      role: z.enum(roles),
    }),
    handle: async (request) => {
      const { id, role } = request.body
      const issued = await appointPerson(request.parts, {
        actor: actorOf(request),
        id,
        role,
        signed: signedStatement(request.body),
      })
      return { status: 201, json: givenCode(issued) }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/people/:id/acts/issue-code',
    who: 'officer',
    summary:
      'A further one-time code for a person: one who has not enrolled, or who enrols anew; earlier ones are void',
    body: z.strictObject(signedFields),
    handle: async (request) => {
      const { id = '' } = request.params
      const issued = await issueFurtherCode(request.parts, {
        actor: actorOf(request),
        whom: { id },
        signed: signedStatement(request.body),
      })
      return { status: 201, json: givenCode(issued) }
    },
  }),
]
