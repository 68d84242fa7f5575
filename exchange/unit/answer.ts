/**
 * Answering a sign request: everything is checked here, at the signer, whoever made the request; then the use of the key is
 * counted and the key signs. What the caller must do: keep the memory that it gets before it lets the answer out. Pure but for WebCrypto.
 */
import {
  canonicalJson,
  sha256Hex,
  signedAttributes,
  toBase64,
  type Json,
} from '../../ca/path/index.ts'
import { ExchangeError } from '../errors.ts'
import { readOrderStatement } from '../order/read.ts'
import { statementAttributes } from '../statement/sign.ts'
import { requireAgreement, requireFileAgreement, unitOfHolder } from './agreement.ts'
import { fileOf, requireHash, type RequestFiles } from './files.ts'
import { lastHead, nextUse, type SeenHead, type SignerMemory } from './memory.ts'
import { signOver } from './own_statement.ts'
import { digestForSeal } from './seal.ts'
import { checkSignRequest, type Signed, type SignRequest } from './sign_request.ts'
import type { UnitSigner } from './signer.ts'
import { headToContinue } from './restored.ts'
import { nextHead, type KnownBox } from './witness.ts'

export interface AnswerParts {
  /** As `loadFiles` gives them. */
  readonly files: RequestFiles
  /** The keys that are open here. */
  readonly signers: readonly UnitSigner[]
  readonly memory: SignerMemory
  readonly box: KnownBox
  readonly now: Date
}

/**
 * Signs what a request asks for. Throws `SIGN_REQUEST_MALFORMED`, `SIGN_REQUEST_FOREIGN` (another box), `SIGN_REQUEST_NOT_YOURS`
 * (another holder), `SIGN_KEY_MISSING` (the seal of another certificate), `SIGN_REQUEST_DISAGREES`, `SIGN_REQUEST_FILE_DIFFERS`,
 * `SEAL_CHANGES_FILE`, and what the witness throws. Nothing is signed or counted then.
 */
export async function answerSignRequest(
  given: SignRequest,
  parts: AnswerParts,
): Promise<{ readonly signed: Signed; readonly memory: SignerMemory }> {
  const request = checkSignRequest(given)
  if (request.box !== parts.box.id) {
    throw refusal('SIGN_REQUEST_FOREIGN', 'the sign request is of another box', {
      box: request.box,
    })
  }
  const own = parts.signers.find(({ holder }) => holder === request.holder)
  if (own === undefined) {
    throw refusal('SIGN_REQUEST_NOT_YOURS', `this is for ${request.holder} to sign`, {
      holder: request.holder,
    })
  }
  requireAgreement(request)
  for (const file of request.files) await requireHash(file, parts.files.get(file.sha256))
  const head = await nextHead({
    journal: request.journal,
    box: parts.box,
    last: headToContinue(request, parts.files, lastHead(parts.memory, request.holder)),
  })
  const made = await signWhat(request, { ...parts, head, signer: own })
  const { act, path } = request
  const body = { ...request.body, ...made.body }
  const once = sha256Hex(canonicalJson({ path, body })).slice(0, 32)
  return {
    signed: { type: 'sealbox-signed', v: 1, act, path, once, body },
    memory: made.memory,
  }
}

interface Made {
  readonly body: Readonly<Record<string, Json>>
  readonly memory: SignerMemory
}

interface SigningParts extends AnswerParts {
  readonly head: SeenHead
  readonly signer: UnitSigner
}

function signWhat(request: SignRequest, parts: SigningParts): Promise<Made> {
  if (request.seal !== undefined) return signSeal(request, parts)
  return request.act === 'countersign' ? countersign(request, parts) : signStatement(request, parts)
}

async function signStatement(request: SignRequest, parts: SigningParts): Promise<Made> {
  const { statement, files } = request
  if (statement === undefined) throw new TypeError('no statement')
  // Looked at before it is signed: what is asked for is shown, or nothing can be shown of it yet.
  for (const file of files) {
    if (file.as !== 'attachment') requireFileAgreement(request, await fileOf(file, parts.files))
  }
  const { signed, memory } = await signOver(statement, parts)
  const roster = files.find(({ as }) => as === 'roster')
  return {
    body: {
      ...(roster && { roster: toBase64(await fileOf(roster, parts.files)) }),
      ...signed,
    },
    memory,
  }
}

/** A second signature over the very bytes that the first officer signed; they carry that one's head and count. */
async function countersign(request: SignRequest, parts: SigningParts): Promise<Made> {
  const { signer, now, memory } = parts
  const [file] = request.files
  if (file === undefined) throw new TypeError('no order')
  const bytes = await fileOf(file, parts.files)
  requireFileAgreement(request, bytes)
  const { expires } = readOrderStatement(bytes)
  if (now > new Date(expires)) {
    throw refusal('ORDER_EXPIRED', 'the order has run out', { expires })
  }
  const attributes = statementAttributes(readOrderStatement(bytes), signer.certificate)
  const signature = await signer.sign(attributes)
  const certificate = sha256Hex(signer.certificate)
  const uses = { ...memory.uses, [certificate]: nextUse(memory, certificate) }
  return {
    body: { signature: toBase64(signature), certificate },
    memory: { ...memory, uses },
  }
}

/** A seal carries no head, so that the one that was signed last stays the last. */
async function signSeal(request: SignRequest, parts: AnswerParts): Promise<Made> {
  const { seal, holder, files } = request
  const [base] = files
  if (seal === undefined || base === undefined) throw new TypeError('no seal')
  const signer = parts.signers.find(
    (other) =>
      other.holder === `unit:${unitOfHolder(holder) ?? ''}` &&
      sha256Hex(other.certificate) === seal.certificate,
  )
  if (signer === undefined) {
    throw refusal('SIGN_KEY_MISSING', 'the seal key of this certificate is not here', {
      certificate: seal.certificate,
    })
  }
  const digest = await digestForSeal(seal, await fileOf(base, parts.files), parts.now)
  const { certificate } = signer
  const signature = await signer.sign(signedAttributes({ certificate, digest }))
  const uses = {
    ...parts.memory.uses,
    [seal.certificate]: nextUse(parts.memory, seal.certificate),
  }
  return {
    body: { at: seal.at, certificate: seal.certificate, signature: toBase64(signature) },
    memory: { ...parts.memory, uses },
  }
}

function refusal(
  code: 'SIGN_REQUEST_FOREIGN' | 'SIGN_REQUEST_NOT_YOURS' | 'SIGN_KEY_MISSING' | 'ORDER_EXPIRED',
  message: string,
  details: Record<string, unknown>,
): ExchangeError {
  return new ExchangeError(code, `${message}; nothing was signed`, { details })
}
