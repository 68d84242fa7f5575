/** Documents over the API: drafts, boxes, tasks, one document and its acts. Each act is the office's; here it is only parsed. */
import * as z from 'zod'
import { CaError, isSha256, toBase64 } from '../../ca/index.ts'
import type { DocumentView } from '../../exchange/index.ts'
import { isLedHere } from '../cross_site.ts'
import { bundleFile } from '../bundle_file.ts'
import { WebError } from '../errors.ts'
import { route, type Answer, type Request, type Route } from '../types.ts'
import { actorOf, bytes, numberFrom, sha256, signedFields, signedStatement } from './common.ts'

const ifVersion = z.int().min(0)
const signedAct = z.strictObject({ ...signedFields, ifVersion })

const shown = (view: DocumentView): Answer => ({ json: view })

/**
 * The document as the actor sees it after the act. While the views lag behind the journal they would show it as it was before,
 * or not at all: then the box says that it recovers, and the same request again gets its answer after that.
 */
async function after(request: Request, id: string, status = 200): Promise<Answer> {
  if (request.parts.journal.state === 'read-only') {
    throw new CaError('JOURNAL_READ_ONLY', 'the act stands, its views are not written yet')
  }
  return { status, json: await request.parts.reading.document(actorOf(request), id) }
}

function signedRoute(
  act: string,
  summary: string,
  method: 'approve' | 'dispatch' | 'signFor' | 'returnToSender',
): Route {
  return route({
    method: 'POST',
    path: `/api/v1/documents/:id/acts/${act}`,
    who: 'seat',
    summary,
    body: signedAct,
    handle: async (request) => {
      const { id = '' } = request.params
      await request.parts.office[method](id, {
        actor: actorOf(request),
        once: request.once,
        ifVersion: request.body.ifVersion,
        body: { ...request.body, signature: toBase64(request.body.signature) },
        signed: signedStatement(request.body),
      })
      return after(request, id)
    },
  })
}

function listRoute(name: 'inbox' | 'outbox', summary: string): Route {
  return route({
    method: 'GET',
    path: `/api/v1/${name}`,
    who: 'seat',
    summary,
    handle: async (request) => {
      const after = request.query.get('after')
      if (after !== null && !/^\d{12}$/.test(after)) {
        throw new WebError('QUERY_MALFORMED', 'after is no cursor of this list')
      }
      const limit = numberFrom(request.query, 'limit', { min: 1, max: 200, or: 50 })
      const page = { limit, ...(after !== null && { after }) }
      return { json: await request.parts.reading[name](actorOf(request), page) }
    },
  })
}

export const documentRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/v1/drafts/acts/hand-on',
    who: 'seat',
    summary: 'Hands a draft, or an uploaded PDF with its head, on to the leader; lints it first',
    body: z.unknown(),
    handle: async (request) => {
      const { body, once } = request
      const id = await request.parts.office.draft({ actor: actorOf(request), once, body })
      return after(request, id, 201)
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/drafts',
    who: 'seat',
    summary: 'Documents of the unit that are not approved yet, newest first',
    handle: async (request) => {
      const { items } = await request.parts.reading.outbox(actorOf(request), { limit: 200 })
      return { json: { items: items.filter(({ record }) => record?.stage === 'drafted') } }
    },
  }),
  listRoute('inbox', 'Documents sent to the unit, newest first'),
  listRoute('outbox', 'Documents the unit issues, newest first'),
  route({
    method: 'GET',
    path: '/api/v1/documents',
    who: 'seat',
    summary:
      'The newest documents the unit issues or was sent (`?limit=`); all are in inbox and outbox',
    handle: async ({ parts, query, actor }) => {
      const page = { limit: numberFrom(query, 'limit', { min: 1, max: 200, or: 50 }) }
      const who = actorOf({ actor })
      const [sent, received] = await Promise.all([
        parts.reading.outbox(who, page),
        parts.reading.inbox(who, page),
      ])
      const items = [...sent.items, ...received.items]
        .toSorted((a, b) => b.version - a.version)
        .slice(0, page.limit)
      return { json: { items } }
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/tasks',
    who: 'seat',
    summary: 'What the unit has to do, most urgent first',
    handle: async (request) => ({
      json: { items: await request.parts.reading.tasks(actorOf(request)) },
    }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/documents/:id',
    who: 'seat',
    summary: 'One document; a recipient that opens it first has received it',
    handle: async (request) => {
      const { id = '' } = request.params
      const actor = actorOf(request)
      if (!isLedHere({ site: request.koa.get('Sec-Fetch-Site') })) {
        await request.parts.office.receive(id, { actor })
      }
      return shown(await request.parts.reading.document(actor, id))
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/documents/:id/files/:name',
    who: 'seat',
    summary: 'The PDF (`pdf`), or an attachment, statement or signature by its SHA-256',
    handle: async (request) => {
      const { id = '', name = '' } = request.params
      if (name !== 'pdf' && !isSha256(name)) throw new WebError('ROUTE_UNKNOWN', 'no such file')
      const file = await request.parts.reading.file(actorOf(request), id, name)
      request.koa.set('Content-Disposition', 'attachment')
      return { type: name === 'pdf' ? 'application/pdf' : 'application/octet-stream', bytes: file }
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/documents/:id/bundle',
    who: 'certified',
    summary: 'The evidence bundle (ASiC-E) of what a unit, or an auditor, may have of the document',
    handle: bundleFile,
  }),
  signedRoute('approve', 'Approves (签发) or countersigns (会签)', 'approve'),
  route({
    method: 'POST',
    path: '/api/v1/documents/:id/acts/number',
    who: 'seat',
    summary: 'Registers it: draws the number and lays the page out',
    body: z.strictObject({
      ifVersion,
      series: z.exactOptional(z.string().max(20)),
      number: z.exactOptional(z.int().min(1).max(99_999)),
    }),
    handle: async (request) => {
      const { id = '' } = request.params
      const { body, once } = request
      await request.parts.office.number(id, { actor: actorOf(request), once, body, ...body })
      return after(request, id)
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/documents/:id/seal-request',
    who: 'seat',
    summary: 'The prepared PDF and its empty /Contents: what the unit digests and signs to seal it',
    handle: async (request) => {
      const { id = '' } = request.params
      const certificate = request.query.get('certificate') ?? ''
      if (!isSha256(certificate)) throw new WebError('QUERY_MALFORMED', 'certificate is missing')
      const made = await request.parts.office.sealRequest(id, {
        actor: actorOf(request),
        certificate,
      })
      const { at, pdf, ...rest } = made
      return { json: { at: at.toISOString(), pdf: toBase64(pdf), ...rest } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/documents/:id/acts/seal',
    who: 'seat',
    summary: 'Seals it (用印) with the signature over the seal request',
    body: z.strictObject({
      ifVersion,
      at: z.iso.datetime({ precision: 3 }),
      certificate: sha256,
      signature: bytes(1024),
    }),
    handle: async (request) => {
      const { id = '' } = request.params
      const { at, certificate, signature } = request.body
      await request.parts.office.seal(id, {
        actor: actorOf(request),
        once: request.once,
        ifVersion: request.body.ifVersion,
        body: { at, certificate, signature: toBase64(signature) },
        at: new Date(at),
        certificate,
        signature,
      })
      return after(request, id)
    },
  }),
  signedRoute('dispatch', 'Sends it to the units of the signed statement', 'dispatch'),
  signedRoute('sign-for', 'Signs for it (签收)', 'signFor'),
  signedRoute(
    'return',
    'Returns it (退文) with the reason in the signed statement',
    'returnToSender',
  ),
]
