/**
 * Certificates carried along unsigned (in a CMS) must each be authentic, so that no octet of a file is beyond judgement: verified by another
 * certificate at hand. Says nothing of trust. Pure but for the port.
 */
import { equal } from '../bytes.ts'
import { createSignatureBudget } from './budget.ts'
import { readOrSkip } from './cms_verify.ts'
import { sameName } from './names.ts'
import type { CryptoPorts } from './signatures.ts'

/** Signature checks for all certificates of one CMS. */
const maxSignatureChecks = 200

/** Number of the `carried` certificates (DER) that are unreadable or that none of `known` (DER, among them themselves) verifies. */
export async function countStray(options: {
  readonly carried: readonly Uint8Array[]
  readonly known: readonly Uint8Array[]
  readonly ports?: CryptoPorts | undefined
}): Promise<number> {
  const { carried, known, ports } = options
  const budget = createSignatureBudget({
    max: maxSignatureChecks,
    verifySignature: ports?.verifySignature,
  })
  const issuers = [...known, ...carried].flatMap(readOrSkip)
  let stray = 0
  for (const bytes of carried) {
    if (known.some((other) => equal(other, bytes))) continue
    const [certificate] = readOrSkip(bytes)
    let isAuthentic = false
    for (const issuer of certificate ? issuers : []) {
      if (!certificate || isAuthentic || !sameName(issuer.subject, certificate.issuer)) continue
      isAuthentic = await budget.verify(certificate, issuer.publicKey)
    }
    if (!isAuthentic) stray++
  }
  return stray
}
