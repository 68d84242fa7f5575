/** Checks of the ResponseData of an OCSP answer before it is signed (RFC 6960 4.2, RFC 5019 2.2, RFC 9654 2.1). Pure. */
import { readDer, readGeneralizedTime, readInteger, sequenceOf, type Node } from '../../der/read.ts'
import { oids } from '../../oids.ts'
import { linterOf, type Checks } from './check.ts'
import { partsOf } from './extensions.ts'
import { attempt, extensionsOf, type PlainExtension } from './parts.ts'

/** Nonces of other lengths are refused, so none is ever answered (RFC 9654 2.1). */
const nonceOctets = { min: 1, max: 128 } as const

interface SingleAnswer {
  readonly status: Node | undefined
  readonly thisUpdate: Date | undefined
  readonly nextUpdate: Date | undefined
}

interface OcspParts {
  readonly saysVersion: boolean
  readonly responder: Node | undefined
  readonly producedAt: Node | undefined
  readonly answers: readonly SingleAnswer[]
  readonly extensions: readonly PlainExtension[]
}

const checks: Checks<OcspParts> = {
  // v1 is the default (X.690 11.5).
  e_ocsp_version_encoded: ({ saysVersion }) => saysVersion,
  e_ocsp_responder_id_missing: ({ responder }) =>
    responder?.tag !== 0xa1 && responder?.tag !== 0xa2,
  // RFC 6960 4.2.2.1 by way of RFC 5019 2.2.4: whole seconds, Z
  e_ocsp_produced_at_format: ({ producedAt }) => wholeTime(producedAt) === undefined,
  e_ocsp_no_response: ({ answers }) => answers.length === 0,
  e_ocsp_this_update_unreadable: ({ answers }) =>
    answers.some(({ thisUpdate }) => thisUpdate === undefined),
  e_this_update_not_after_produced_at: ({ answers, producedAt }) => {
    const produced = wholeTime(producedAt)
    return (
      produced !== undefined &&
      answers.some(({ thisUpdate }) => thisUpdate !== undefined && thisUpdate > produced)
    )
  },
  e_ocsp_next_update_missing: ({ answers }) =>
    answers.some(({ nextUpdate }) => nextUpdate === undefined),
  e_ocsp_next_update_not_after_this_update: ({ answers }) =>
    answers.some(
      ({ thisUpdate, nextUpdate }) =>
        thisUpdate !== undefined && nextUpdate !== undefined && nextUpdate <= thisUpdate,
    ),
  e_ocsp_status_unreadable: ({ answers }) =>
    answers.some(({ status }) => {
      if (status?.tag === 0x80 || status?.tag === 0x82) return status.contents.length > 0
      return status?.tag !== 0xa1 || revokedAt(status) === undefined
    }),
  // What is not revoked yet is good.
  e_ocsp_revocation_time_after_produced_at: ({ answers, producedAt }) => {
    const produced = wholeTime(producedAt)
    return answers.some(({ status }) => {
      const at = status?.tag === 0xa1 ? revokedAt(status) : undefined
      return at !== undefined && produced !== undefined && at > produced
    })
  },
  e_ocsp_unspecified_reason: ({ answers }) =>
    answers.some(({ status }) => status?.tag === 0xa1 && reasonOf(status) === 0n),
  e_ocsp_nonce_length: ({ extensions }) => {
    const nonce = extensions.find(({ id }) => id === oids.ocspNonce)
    const value = nonce && attempt(() => readDer(nonce.value))
    const length = value?.tag === 0x04 ? value.contents.length : 0
    return nonce !== undefined && (length < nonceOctets.min || length > nonceOctets.max)
  },
  e_ocsp_ext_duplicate: ({ extensions }) =>
    new Set(extensions.map(({ id }) => id)).size !== extensions.length,
}

const lint = linterOf(checks)

/** Names of the checks of OCSP answers. */
export const ocspCheckNames: readonly string[] = ['e_ocsp_not_strict_der', ...Object.keys(checks)]

/** Names of all checks that object to a ResponseData, DER. */
export function brokenOcspChecks(responseData: Uint8Array): string[] {
  const read = attempt(() => readResponse(responseData))
  return read ? lint(read) : ['e_ocsp_not_strict_der']
}

function readResponse(bytes: Uint8Array): OcspParts {
  const fields = sequenceOf(readDer(bytes), 'ResponseData')
  const saysVersion = fields[0]?.tag === 0xa0
  if (saysVersion) fields.shift()
  const [responder, producedAt, responses, extensionsNode] = fields
  return {
    ...{ saysVersion, responder, producedAt },
    answers: sequenceOf(responses, 'responses').map(readAnswer),
    extensions: extensionsNode ? extensionsOf(partsOf(extensionsNode)[0]) : [],
  }
}

function readAnswer(node: Node): SingleAnswer {
  const [, status, thisUpdate, next] = sequenceOf(node, 'SingleResponse')
  const nextUpdate = next?.tag === 0xa0 ? partsOf(next)[0] : undefined
  return { status, thisUpdate: wholeTime(thisUpdate), nextUpdate: wholeTime(nextUpdate) }
}

/** GeneralizedTime without a fraction. */
function wholeTime(node: Node | undefined): Date | undefined {
  const at = node && attempt(() => readGeneralizedTime(node, 'time'))
  return at?.getMilliseconds() === 0 ? at : undefined
}

const revokedAt = (status: Node): Date | undefined => wholeTime(partsOf(status)[0])

function reasonOf(status: Node): bigint | undefined {
  const reason = partsOf(partsOf(status)[1])[0]
  return reason && attempt(() => readInteger({ ...reason, tag: 0x02 }, 'reason'))
}
