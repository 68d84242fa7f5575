/**
 * The two ends of signing over the API: what a person is to sign now, as an answer or as the file `NAME.signreq`, and the file
 * `NAME.signed` that came of it, which is performed by the very handler of its act.
 */
import type { z } from 'zod'
import { ExchangeError } from '../../exchange/index.ts'
import { isPathOf, signActs, signedSchema, type SignAct } from '../../exchange/unit/index.ts'
import { requireAccess } from '../access.ts'
import { parseBody } from '../body.ts'
import { isLedHere } from '../cross_site.ts'
import { documentBuilder } from '../signing/documents.ts'
import { assemble } from '../signing/assemble.ts'
import {
  appointing,
  approval,
  approvals,
  furtherCode,
  refusal,
  registration,
  release,
  revocation,
} from '../signing/officers.ts'
import { countersigning, proposal, withdrawal } from '../signing/orders.ts'
import { misfit } from '../signing/query.ts'
import type { Builder } from '../signing/types.ts'
import { route, type Answer, type Request, type Route } from '../types.ts'
import { actorOf } from './common.ts'

/** One row an act. */
const builders: Readonly<Record<SignAct, Builder>> = {
  approve: documentBuilder('approve'),
  seal: documentBuilder('seal'),
  dispatch: documentBuilder('dispatch'),
  'sign-for': documentBuilder('sign-for'),
  return: documentBuilder('return'),
  register: registration,
  appoint: appointing,
  'issue-code': furtherCode,
  'approve-request': approval,
  'approve-requests': approvals,
  'refuse-request': refusal,
  revoke: revocation,
  'propose-order': proposal,
  countersign: countersigning,
  'withdraw-order': withdrawal,
  release,
}

/** The routes; `acts` are the rows whose acts a `.signed` file may perform. */
export function signRequestRoutes(acts: readonly Route[]): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/sign-request',
      who: 'certified',
      summary:
        'What is to be signed for an act (`?act=` and what it is about; `first=` size of the head signed last; `inline=1` as a file)',
      handle: async (request) => answerRequest(request),
    }),
    route({
      method: 'POST',
      path: '/api/v1/signed',
      who: 'certified',
      summary: 'Performs the act of a `.signed` file, once however often it is sent',
      body: signedSchema,
      handle: async (request) => perform(acts, request),
    }),
  ]
}

async function answerRequest(request: Request): Promise<Answer> {
  const { parts, query, koa } = request
  const act = signActs.find((known) => known === query.get('act'))
  if (act === undefined) throw misfit('act')
  const ledHere = isLedHere({ site: koa.get('Sec-Fetch-Site') })
  const asked = { parts, actor: actorOf(request), query, ledHere }
  const built = await builders[act](asked)
  const inline = query.get('inline') === '1'
  if (inline) koa.attachment(`${plainName(built.fileName)}.signreq`)
  return { json: await assemble(asked, { act, built, inline }) }
}

/** A name that every file system takes. */
function plainName(name: string): string {
  return name
    .replace(/[\p{C}/\\:*?"<>|]/gu, ' ')
    .trim()
    .slice(0, 80)
}

/** Runs the row of the table that the answer names: its access check, its schema, its handler, under the answer's own key. */
async function perform(
  acts: readonly Route[],
  request: Request<z.output<typeof signedSchema>>,
): Promise<Answer> {
  const { act, path, once, body } = request.body
  const found = isPathOf(act, path) ? rowOf(acts, path) : undefined
  if (found === undefined) {
    throw new ExchangeError('SIGNED_MALFORMED', 'the path is not of this act', {
      details: { field: 'path' },
    })
  }
  const { row, params } = found
  // From here on it is that act, also for the journal where it is refused.
  request.koa.state['route'] = row
  Object.assign(request.koa, { params })
  requireAccess(row, request.actor)
  return row.handle({ ...request, params, once, body: parseBody(row, body) })
}

function rowOf(
  acts: readonly Route[],
  path: string,
): { readonly row: Route; readonly params: Record<string, string> } | undefined {
  const segments = path.split('/')
  for (const row of acts) {
    const wanted = row.path.split('/')
    if (row.method !== 'POST' || wanted.length !== segments.length) continue
    const fits = wanted.every((name, at) => name.startsWith(':') || name === segments[at])
    if (!fits) continue
    const named = wanted.flatMap((name, at) =>
      name.startsWith(':') ? [[name.slice(1), segments[at] ?? '']] : [],
    )
    return { row, params: Object.fromEntries(named) as Record<string, string> }
  }
  return undefined
}
