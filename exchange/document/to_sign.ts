/**
 * What a unit is to sign for each act on a document, as the document is now. The guards are those of the acts themselves, so that
 * nobody is asked to sign what would be refused. Changes nothing; the request that is made of it stands in `exchange/unit`.
 */
import { toBase64, type Sha256 } from '../../ca/index.ts'
import { unitOf } from '../access.ts'
import { holders, type Principal } from '../directory/types.ts'
import { ExchangeError } from '../errors.ts'
import type { UnsignedStatement } from '../statement/types.ts'
import type { RequestedSeal, RequestFile, SignAct } from '../unit/sign_request.ts'
import { answerable } from './answer.ts'
import { approvable } from './approve.ts'
import { dispatchable } from './dispatch.ts'
import type { OfficeParts } from './parts.ts'
import { sealRequest } from './seal.ts'

export const documentActs = [
  'approve',
  'seal',
  'dispatch',
  'sign-for',
  'return',
] as const satisfies readonly SignAct[]
export type DocumentAct = (typeof documentActs)[number]

export interface ToSignInput {
  readonly actor: Principal
  /** Words that go with an approval, 同意 if none are given. */
  readonly opinion?: string
  /** Why it is returned. */
  readonly reason?: string
  readonly deadline?: Date
  /** Recipients, of a document that is addressed to nobody here. */
  readonly main?: readonly string[]
  readonly copies?: readonly string[]
  /** Seal certificate; the unit's newest live one if none is named. */
  readonly certificate?: Sha256
}

export interface ToSign {
  readonly ifVersion: number
  readonly statement?: UnsignedStatement
  readonly seal?: RequestedSeal
  /** What is looked at before it is signed. */
  readonly files: readonly Pick<RequestFile, 'as' | 'name' | 'sha256'>[]
}

type Build = (parts: OfficeParts, id: string, input: ToSignInput) => Promise<ToSign>

/** Throws what the act would throw of this actor and document now. */
export function toSign(
  parts: OfficeParts,
  { act, id }: { readonly act: DocumentAct; readonly id: string },
  input: ToSignInput,
): Promise<ToSign> {
  return builders[act](parts, id, input)
}

const usualOpinion = '同意'
const pdf = (sha256: Sha256): ToSign['files'] => [{ as: 'pdf', name: 'document.pdf', sha256 }]

const builders: Readonly<Record<DocumentAct, Build>> = {
  approve: async (parts, id, input) => {
    const { drafted, version, fixed } = await approvable(parts, id, input)
    const { approvedHash: sha256, form } = drafted
    const looked: ToSign['files'] =
      form === 'uploaded' ? pdf(sha256) : [{ as: 'draft', name: 'draft.json', sha256 }]
    const attachments = fixed.attachments.map(
      ({ fileName: name, sha256: own }) => ({ as: 'attachment', name, sha256: own }) as const,
    )
    const { opinion = usualOpinion } = input
    return {
      ifVersion: version,
      statement: { type: 'sealbox.approval', ...fixed, opinion },
      files: [...looked, ...attachments],
    }
  },
  seal: async (parts, id, { actor, certificate }) => {
    const named = certificate ?? (await ownSeal(parts, actor))
    const made = await sealRequest(parts, id, { actor, certificate: named })
    const { at, file, version, baseBytes, contentsAt, contentsBytes } = made
    return {
      ifVersion: version,
      seal: {
        at: at.toISOString(),
        certificate: named,
        file,
        contentsAt,
        contentsBytes,
        append: toBase64(made.pdf.subarray(baseBytes)),
      },
      files: pdf(file),
    }
  },
  dispatch: async (parts, id, input) => {
    const { sealed, version, fixed } = await dispatchable(parts, id, input)
    const { main = sealed.main, copies = sealed.copies, deadline } = input
    return {
      ifVersion: version,
      statement: {
        type: 'sealbox.dispatch',
        main: [...main],
        copies: [...copies],
        deadline: deadline?.toISOString() ?? null,
        ...fixed,
      },
      files: pdf(sealed.file),
    }
  },
  'sign-for': async (parts, id, input) => {
    const { version, fixed } = await answerable(parts, id, input)
    // Nothing to look at: a recipient sees the pages once it signed for them.
    return {
      ifVersion: version,
      statement: { type: 'sealbox.receipt', ...fixed, count: 1 },
      files: [],
    }
  },
  return: async (parts, id, input) => {
    const { version, fixed } = await answerable(parts, id, input)
    const { reason = '' } = input
    return {
      ifVersion: version,
      statement: { type: 'sealbox.return', ...fixed, reason },
      files: [],
    }
  },
}

/** `CERTIFICATE_NOT_LIVE` where the unit has no seal it could use. */
async function ownSeal({ authority, clock }: OfficeParts, actor: Principal): Promise<Sha256> {
  const held = await authority.certificatesOf(holders.unit(unitOf(actor)))
  const newestFirst = held.toSorted((a, b) => b.notBefore.getTime() - a.notBefore.getTime())
  for (const { sha256, profile } of newestFirst) {
    if (profile !== 'unit-seal') continue
    const live = await authority.liveCertificate(sha256, clock.now())
    if (live !== undefined) return sha256 as Sha256
  }
  throw new ExchangeError('CERTIFICATE_NOT_LIVE', 'the unit has no live seal certificate')
}
