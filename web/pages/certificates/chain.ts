/** The certificates from one up to its root, as this box knows them. Reads; changes nothing. */
import { readServices, sha256Hex } from '../../../ca/index.ts'
import { isSelfIssued, readCertificate, type Certificate } from '../../../ca/path/index.ts'
import type { Parts } from '../../types.ts'

/** A district has a root and an issuing authority; during a roll-over a link more. */
const maxChain = 6

/** From the certificate itself (DER) to its root; what has no issuer here ends it. */
export async function chainOf(parts: Parts, certificate: Uint8Array): Promise<Certificate[]> {
  const pool = await authorities(parts)
  const chain = [readCertificate(certificate)]
  while (chain.length < maxChain) {
    const last = chain.at(-1)
    if (last === undefined || isSelfSigned(last)) break
    const issuer = pool.find((one) => isIssuer(one, last))
    if (issuer === undefined) break
    chain.push(issuer)
  }
  return chain
}

/** All authorities that the box ever had, the newest first. */
async function authorities({ journal, authority }: Parts): Promise<Certificate[]> {
  const services = await readServices(journal.views)
  const own = [...services.root, ...services.issuing].toReversed().map((one) => one.certificate)
  const all = new Map([...authority.chain, ...own].map((der) => [sha256Hex(der), der]))
  return [...all.values()].map(readCertificate)
}

function isIssuer(one: Certificate, of: Certificate): boolean {
  return (
    one.subjectKeyIdentifier !== undefined && one.subjectKeyIdentifier === of.authorityKeyIdentifier
  )
}

function isSelfSigned(one: Certificate): boolean {
  const { authorityKeyIdentifier: issuer, subjectKeyIdentifier: own } = one
  return isSelfIssued(one) && (issuer === undefined || issuer === own)
}
