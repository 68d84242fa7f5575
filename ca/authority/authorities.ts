/** The authorities of a box side by side: which one issues, which one issued, and how a path leads to a root. Pure. */
import { CaError } from '../errors.ts'
import { readCertificate, type Certificate } from '../path/certificate.ts'
import type { Signer } from '../signer.ts'
import type { AuthorityKey, AuthorityOptions } from './types.ts'

/** An authority with its identifier: the hexadecimal key identifier by which views name an issuer. */
export interface KnownAuthority extends AuthorityKey {
  readonly id: string
}

export interface Authorities {
  /** Oldest first. */
  readonly all: readonly KnownAuthority[]
  readonly roots: readonly KnownAuthority[]
  /** The newest issuing authority, which issues. */
  readonly current: KnownAuthority & { readonly signer: Signer }
  /** Throws `CA_ISSUER_UNKNOWN`. */
  named(key: string): KnownAuthority
  /** The authority that issued this certificate, by the identifier of its key. */
  issuerOf(certificate: Uint8Array): KnownAuthority | undefined
  /** From the issuer of `certificate` (DER) up to the newest root, by a link where that root did not sign it. */
  chainOf(certificate: Uint8Array): readonly Uint8Array[]
  /** The authorities on the ways from these certificates up to any root, each once. */
  above(certificates: readonly Uint8Array[]): readonly KnownAuthority[]
}

/** Throws a TypeError where a root, an issuing authority or the key of the newest one is missing. */
export function authoritiesOf({
  authorities,
  links = [],
}: Pick<AuthorityOptions, 'authorities' | 'links'>): Authorities {
  const all = authorities
    .map((authority) => ({ ...authority, id: keyIdOf(readCertificate(authority.certificate)) }))
    .sort((a, b) => a.generation - b.generation)
  const roots = all.filter(({ role }) => role === 'root')
  const newestRoot = roots.at(-1)
  const newest = all.findLast(({ role }) => role === 'issuing')
  if (!newestRoot || !newest?.signer) {
    throw new TypeError('a box has a root and an issuing authority whose key is there')
  }
  const linked = links.map((certificate) => ({ certificate, read: readCertificate(certificate) }))
  const issuerOf = (certificate: Uint8Array): KnownAuthority | undefined => {
    const wanted = readCertificate(certificate).authorityKeyIdentifier
    return all.find(({ id }) => id === wanted)
  }
  /** To the newest root from what the root `id` signed. */
  const anchoring = (id: string): Uint8Array[] => {
    if (id === newestRoot.id) return [newestRoot.certificate]
    const link = linked.find(
      ({ read }) => keyIdOf(read) === id && read.authorityKeyIdentifier === newestRoot.id,
    )
    const own = roots.find((root) => root.id === id)
    if (link) return [link.certificate, newestRoot.certificate]
    return own ? [own.certificate] : []
  }
  return {
    all,
    roots,
    current: { ...newest, signer: newest.signer },
    named(key) {
      const found = all.find((authority) => authority.key === key)
      if (found) return found
      throw new CaError('CA_ISSUER_UNKNOWN', 'this box has no such authority', { details: { key } })
    },
    issuerOf,
    above(certificates) {
      const issuers = certificates.map(issuerOf)
      const found = new Set([...issuers, ...roots])
      return all.filter((authority) => found.has(authority))
    },
    chainOf(certificate) {
      const issuer = issuerOf(certificate)
      if (!issuer) return []
      if (issuer.role === 'root') return anchoring(issuer.id)
      const above = readCertificate(issuer.certificate).authorityKeyIdentifier ?? ''
      return [issuer.certificate, ...anchoring(above)]
    },
  }
}

function keyIdOf({ subjectKeyIdentifier }: Certificate): string {
  return subjectKeyIdentifier ?? ''
}
