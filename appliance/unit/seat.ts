/**
 * A seat at work over the API: it looks at what it is to sign, checks the hashes itself, signs with its own key, and hands over
 * the signature alone. The command line and the demo are both this.
 */
import type { Sha256 } from '../../ca/index.ts'
import { sha256Hex } from '../../ca/index.ts'
import type { DocumentView, Listed, UnitTask, Upload } from '../../exchange/index.ts'
import { ApplianceError } from '../errors.ts'
import type { BoxClient } from './box_client.ts'
import { signAct, type SigningOptions } from './signing.ts'

export interface SeatOptions extends SigningOptions {
  readonly client: BoxClient
  /** Unified social credit code. */
  readonly unit: string
}

export interface Receipt {
  readonly statement: Uint8Array
  readonly signature: Uint8Array
}

export interface Seat {
  tasks(): Promise<readonly UnitTask[]>
  document(id: string): Promise<DocumentView>
  pdf(id: string): Promise<Uint8Array>
  file(id: string, name: Sha256): Promise<Uint8Array>
  upload(purpose: 'document' | 'attachment', name: string, bytes: Uint8Array): Promise<Upload>
  draft(draft: unknown): Promise<DocumentView>
  approve(id: string, opinion?: string): Promise<DocumentView>
  number(id: string, options?: { series?: string; number?: number }): Promise<DocumentView>
  sealDocument(id: string): Promise<DocumentView>
  /** `to`: units by credit code, of a document that is addressed to nobody here. */
  dispatch(
    id: string,
    options?: { readonly deadline?: Date | undefined; readonly to?: readonly string[] },
  ): Promise<DocumentView>
  signFor(id: string): Promise<DocumentView>
  returnToSender(id: string, reason: string): Promise<DocumentView>
  /** The evidence bundle of what the unit may have of it. */
  bundle(id: string): Promise<Uint8Array>
  /** The signed receipt (or return) that `unit` gave, or this unit's own. */
  receipt(view: DocumentView, unit?: string): Promise<Receipt>
  search(query: string): Promise<SearchAnswer>
  inbox(): Promise<Listed<DocumentView>>
  close(): void
}

export interface SearchAnswer {
  readonly count: number
  readonly hits: readonly { readonly id: string; readonly snippet?: { readonly text: string } }[]
}

export function createSeat(options: SeatOptions): Seat {
  const { client, unit } = options
  const at = (id: string, rest = ''): string => `/api/v1/documents/${id}${rest}`
  const view = (id: string): Promise<DocumentView> => client.get(at(id))
  return {
    tasks: async () => (await client.get<{ items: UnitTask[] }>('/api/v1/tasks')).items,
    document: view,
    pdf: (id) => client.bytes(at(id, '/files/pdf')),
    bundle: (id) => client.bytes(at(id, '/bundle')),
    file: (id, name) => fetchFile(client, at(id, `/files/${name}`), name),
    upload: (purpose, name, bytes) =>
      client.upload(
        `/api/v1/uploads/acts/upload?${new URLSearchParams({ purpose, name }).toString()}`,
        bytes,
      ),
    draft: (draft) => client.act('/api/v1/drafts/acts/hand-on', draft),
    approve: (id, opinion = '') => signAct(options, { act: 'approve', document: id, opinion }),
    number: async (id, wish = {}) =>
      client.act(at(id, '/acts/number'), { ...wish, ifVersion: (await view(id)).version }),
    sealDocument: (id) => sealDocument(options, id),
    dispatch: (id, { deadline, to = [] } = {}) =>
      signAct(options, {
        ...{ act: 'dispatch', document: id },
        ...(deadline && { deadline: deadline.toISOString() }),
        ...(to.length > 0 && { main: to.join(',') }),
      }),
    signFor: (id) => signAct(options, { act: 'sign-for', document: id }),
    returnToSender: (id, reason) => signAct(options, { act: 'return', document: id, reason }),
    receipt: (shown, from = unit) => fetchReceipt(client, shown, from),
    search: (query) => client.get(`/api/v1/search?${new URLSearchParams({ q: query }).toString()}`),
    inbox: () => client.get('/api/v1/inbox'),
    close: () => {
      client.close()
    },
  }
}

async function fetchReceipt(
  client: BoxClient,
  shown: DocumentView,
  from: string,
): Promise<Receipt> {
  const copy = shown.copy?.unit === from ? shown.copy : shown.copies?.find((c) => c.unit === from)
  if (copy?.answer == null) throw nothingToDo(shown.id)
  const files = `/api/v1/documents/${shown.id}/files`
  const [statement, signature] = await Promise.all([
    client.bytes(`${files}/${copy.answer.statement}`),
    client.bytes(`${files}/${copy.answer.signature}`),
  ])
  return { statement, signature }
}

function sealDocument(options: SeatOptions, id: string): Promise<DocumentView> {
  const { seal } = options
  if (seal === undefined) {
    throw new ApplianceError('USAGE', 'the seal key is not in this key file')
  }
  const certificate = sha256Hex(seal.certificate)
  return signAct(options, { act: 'seal', document: id, certificate })
}

async function fetchFile(client: BoxClient, path: string, name: Sha256): Promise<Uint8Array> {
  const bytes = await client.bytes(path)
  if (sha256Hex(bytes) === name) return bytes
  throw new ApplianceError(
    'BOX_REFUSED',
    'the box gave another file than it names; nothing was signed',
  )
}

function nothingToDo(id: string): ApplianceError {
  return new ApplianceError('BOX_REFUSED', `there is nothing of this kind to do with ${id} now`)
}
