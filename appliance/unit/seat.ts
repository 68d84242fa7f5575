/**
 * A seat at work over the API: it looks at what it is to sign, checks the hashes itself, signs with its own key, and hands over
 * the signature alone. The command line and the demo are both this.
 */
import { randomUUID } from 'node:crypto'
import {
  equal,
  fromBase64,
  sha256Hex,
  signedAttributes,
  toBase64,
  type Sha256,
  type Signer,
} from '../../ca/index.ts'
import {
  digestAround,
  statementAttributes,
  type DocumentView,
  type Listed,
  type Statement,
  type Task,
  type Upload,
} from '../../exchange/index.ts'
import { ApplianceError } from '../errors.ts'
import type { BoxClient } from './box_client.ts'
import type { UnitMemory } from './memory.ts'
import { nextHead } from './witness.ts'

export interface SeatOptions {
  readonly client: BoxClient
  readonly box: { readonly id: string; readonly journalCertificate: Uint8Array }
  readonly holder: string
  /** Unified social credit code. */
  readonly unit: string
  /** `seat-signing` key. */
  readonly signing: Signer
  /** The unit's seal key, where this seat has it. */
  readonly seal?: Signer
  readonly memory: UnitMemory
}

export interface Receipt {
  readonly statement: Uint8Array
  readonly signature: Uint8Array
}

export interface Seat {
  tasks(): Promise<readonly Task[]>
  document(id: string): Promise<DocumentView>
  pdf(id: string): Promise<Uint8Array>
  file(id: string, name: Sha256): Promise<Uint8Array>
  upload(purpose: 'document' | 'attachment', name: string, bytes: Uint8Array): Promise<Upload>
  draft(draft: unknown): Promise<DocumentView>
  approve(id: string, opinion?: string): Promise<DocumentView>
  number(id: string, options?: { series?: string; number?: number }): Promise<DocumentView>
  sealDocument(id: string): Promise<DocumentView>
  dispatch(id: string, options?: { deadline?: Date }): Promise<DocumentView>
  signFor(id: string): Promise<DocumentView>
  returnToSender(id: string, reason: string): Promise<DocumentView>
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

type Unsigned = Statement extends infer S
  ? S extends Statement
    ? Omit<S, 'v' | 'box' | 'signer' | 'at' | 'keyUse' | 'head'>
    : never
  : never

export function createSeat(options: SeatOptions): Seat {
  const { client, unit } = options
  const at = (id: string, rest = ''): string => `/api/v1/documents/${id}${rest}`
  const view = (id: string): Promise<DocumentView> => client.get(at(id))
  const signed = async (
    path: string,
    ifVersion: number,
    unsigned: Unsigned,
  ): Promise<DocumentView> =>
    client.act(path, { ...(await signStatement(options, unsigned)), ifVersion })
  const answer = async (
    id: string,
    act: 'sign-for' | 'return',
    more: { type: 'sealbox.receipt'; count: number } | { type: 'sealbox.return'; reason: string },
  ): Promise<DocumentView> => {
    const { copy, dispatched } = await view(id)
    if (copy === undefined || dispatched === undefined) throw nothingToDo(id)
    const { file: documentHash, statement: dispatch } = dispatched
    return signed(at(id, `/acts/${act}`), copy.version, {
      ...more,
      document: id,
      unit,
      documentHash,
      dispatch,
    })
  }
  return {
    tasks: async () => (await client.get<{ items: Task[] }>('/api/v1/tasks')).items,
    document: view,
    pdf: (id) => client.bytes(at(id, '/files/pdf')),
    file: (id, name) => fetchFile(client, at(id, `/files/${name}`), name),
    upload: (purpose, name, bytes) =>
      client.upload(
        `/api/v1/uploads/acts/upload?${new URLSearchParams({ purpose, name }).toString()}`,
        bytes,
      ),
    draft: (draft) => client.act('/api/v1/drafts/acts/hand-on', draft),
    approve: async (id, opinion = '同意') => {
      const { record, version } = await view(id)
      if (record === undefined) throw nothingToDo(id)
      // What is approved is looked at: the bytes are fetched and hashed here.
      await fetchFile(client, at(id, `/files/${record.approvedHash}`), record.approvedHash)
      const { approvedHash: approved, attachments } = record
      return signed(at(id, '/acts/approve'), version, {
        type: 'sealbox.approval',
        document: id,
        unit,
        approved,
        attachments: [...attachments],
        opinion,
      })
    },
    number: async (id, wish = {}) =>
      client.act(at(id, '/acts/number'), { ...wish, ifVersion: (await view(id)).version }),
    sealDocument: (id) => sealDocument(options, id),
    dispatch: async (id, { deadline } = {}) => {
      const { record, version } = await view(id)
      if (record?.stage !== 'sealed') throw nothingToDo(id)
      const { file: documentHash, number, main, copies } = record
      return signed(at(id, '/acts/dispatch'), version, {
        type: 'sealbox.dispatch',
        document: id,
        unit,
        documentHash,
        number,
        main: [...main],
        copies: [...copies],
        deadline: deadline?.toISOString() ?? null,
      })
    },
    signFor: (id) => answer(id, 'sign-for', { type: 'sealbox.receipt', count: 1 }),
    returnToSender: (id, reason) => answer(id, 'return', { type: 'sealbox.return', reason }),
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

/** Signs a statement after the journal's head was checked; the use of the key is counted before it signs. */
export async function signStatement(
  options: Omit<SeatOptions, 'unit' | 'seal'>,
  unsigned: Unsigned,
): Promise<{ statement: Statement; signature: string; certificate: Sha256 }> {
  const { client, box, holder, signing, memory } = options
  const name = sha256Hex(signing.certificate)
  const { head, uses } = await memory.update(async (before) => ({
    head: await nextHead({
      client,
      box: box.id,
      journalCertificate: box.journalCertificate,
      last: before.head,
    }),
    uses: { ...before.uses, [name]: (before.uses[name] ?? 0) + 1 },
  }))
  const at = new Date().toISOString()
  const statement = {
    ...unsigned,
    v: 1,
    box: box.id,
    signer: holder,
    at,
    keyUse: uses[name] ?? 1,
    head,
  } as unknown as Statement
  const signature = await signing.sign(statementAttributes(statement, signing.certificate))
  return { statement, signature: toBase64(signature), certificate: name }
}

interface SealRequestAnswer {
  readonly at: string
  readonly file: Sha256
  readonly version: number
  /** The prepared PDF, base64. */
  readonly pdf: string
  readonly contentsAt: number
  readonly contentsBytes: number
}

async function sealDocument(options: SeatOptions, id: string): Promise<DocumentView> {
  const { client, seal } = options
  if (seal === undefined) {
    throw new ApplianceError('USAGE', 'the seal key is not in this key file')
  }
  const certificate = sha256Hex(seal.certificate)
  const path = `/api/v1/documents/${id}`
  const query = `certificate=${certificate}`
  const request = await client.get<SealRequestAnswer>(`${path}/seal-request?${query}`)
  // The file before the seal must be the beginning of what is signed, and the digest is taken here, not believed.
  const before = await fetchFile(client, `${path}/files/pdf`, request.file)
  const prepared = fromBase64(request.pdf)
  if (!equal(prepared.subarray(0, before.length), before)) {
    throw new ApplianceError('BOX_REFUSED', 'the box prepared another file; nothing was sealed')
  }
  const digest = digestAround(prepared, request)
  const signature = await seal.sign(signedAttributes({ certificate: seal.certificate, digest }))
  return client.act(
    `${path}/acts/seal`,
    {
      ifVersion: request.version,
      at: request.at,
      certificate,
      signature: toBase64(signature),
    },
    randomUUID(),
  )
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
