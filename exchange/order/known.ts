/** What a key of the box signed, as the journal knows it: what stays trusted once the key is stated to be compromised. */
import {
  readServices,
  sha256Hex,
  tokensOf,
  type Authority,
  type CertificateState,
  type Journal,
  type Sha256,
} from '../../ca/index.ts'
import { readCertificate } from '../../ca/path/index.ts'
import { knownId } from '../verify/evidence/compromise.ts'
import type { Known } from './acts.ts'

interface Parts {
  readonly journal: Journal
  readonly authority: Authority
}

/** Tokens of a time-stamping key from a moment on, certificates of an authority; null for any other key. */
export async function knownOf(
  parts: Parts,
  certificate: CertificateState,
  from: Date,
): Promise<Known[] | null> {
  if (certificate.profile === 'timestamping') return tokensSince(parts.journal, certificate, from)
  const { basicConstraints, subjectKeyIdentifier } = readCertificate(certificate.certificate)
  if (basicConstraints?.isCa !== true) return null
  return certificatesBy(parts.authority, subjectKeyIdentifier ?? '')
}

/** When the next generation took over from a key of the box; null where none did. */
export async function replacedAt(
  { journal }: Pick<Parts, 'journal'>,
  certificate: string,
): Promise<Date | null> {
  for (const generations of Object.values(await readServices(journal.views))) {
    const at = generations.findIndex((one) => sha256Hex(one.certificate) === certificate)
    if (at >= 0) return generations[at + 1]?.activatedAt ?? null
  }
  return null
}

/** An entry stands after its tokens, so that none from before the moment is missed. */
async function tokensSince(
  journal: Journal,
  { sha256 }: CertificateState,
  from: Date,
): Promise<Known[]> {
  const known: Known[] = []
  for await (const { entry, tokens } of tokensOf(journal, sha256)) {
    if (new Date(entry.time) < from) continue
    for (const [serial, hash] of tokens) known.push(named(serial, hash))
  }
  return known
}

const pageSize = 500

async function certificatesBy(authority: Authority, issuer: string): Promise<Known[]> {
  const known: Known[] = []
  let after: string | undefined
  do {
    const page = await authority.certificates({ limit: pageSize, ...(after && { after }) })
    for (const { certificate, sha256, serial } of page.items) {
      if (readCertificate(certificate).authorityKeyIdentifier === issuer) {
        known.push(named(serial, sha256))
      }
    }
    after = page.next
  } while (after !== undefined)
  return known
}

function named(serial: string, hash: string): Known {
  const [plain = ''] = knownId(serial, hash).split(':')
  return { serial: plain, hash: hash as Sha256 }
}
