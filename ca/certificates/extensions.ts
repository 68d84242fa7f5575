/** Encodes the extensions of a profile (RFC 5280 4.2, RFC 6960 4.2.2.2.1, RFC 9608). Pure; the order is always the same. */
import { concat, utf8 } from '../bytes.ts'
import * as der from '../der/write.ts'
import { CaError } from '../errors.ts'
import { oids } from '../oids.ts'
import { criticalExtension, extension } from './encoding.ts'
import { keyUsageBits, type Profile } from './profiles.ts'

/** Where clients on the district's network find what verifies by itself; plain HTTP, so that no TLS check waits for itself. */
export interface Urls {
  /** Such as `http://box.district:8080`. */
  readonly origin: string
  readonly rootCertificate: string
  readonly rootCrl: string
  readonly issuingCertificate: string
  readonly issuingCrl: string
  readonly ocsp: string
}

/**
 * The addresses of the public contract below an origin. `keys` names the keys of the authorities where they are not the first:
 * `root-2`, `issuing-2` …
 */
export function urlsBelow(
  origin: string,
  {
    root = 'root',
    issuing = 'issuing',
  }: { readonly root?: string; readonly issuing?: string } = {},
): Urls {
  return {
    origin,
    rootCertificate: `${origin}/ca/${root}.crt`,
    rootCrl: `${origin}/ca/${root}.crl`,
    issuingCertificate: `${origin}/ca/${issuing}.crt`,
    issuingCrl: `${origin}/ca/${issuing}.crl`,
    ocsp: `${origin}/ocsp`,
  }
}

export interface ExtensionsOptions {
  readonly profile: Profile
  readonly keyIdentifier: Uint8Array
  readonly issuerKeyIdentifier: Uint8Array
  readonly notBefore: Date
  readonly hostNames: readonly string[]
  readonly urls: Urls
}

/** Extensions, each DER. Throws `CA_PROFILE_VIOLATED` for a host name that is none. */
export function encodeExtensions(options: ExtensionsOptions): Uint8Array[] {
  const { profile, keyIdentifier, issuerKeyIdentifier, hostNames } = options
  const { authority, extendedKeyUsage: extended, privateKeyUsageDays } = profile
  const usage = profile.keyUsage.map((name) => keyUsageBits[name])
  const found: (Uint8Array | undefined)[] = [
    extension(oids.authorityKeyIdentifier, der.sequence(der.implicit(0, issuerKeyIdentifier))),
    extension(oids.subjectKeyIdentifier, der.octetString(keyIdentifier)),
    authority &&
      criticalExtension(
        oids.basicConstraints,
        der.sequence(der.booleanTrue, der.integer(authority.pathLength)),
      ),
    criticalExtension(oids.keyUsage, der.namedBits(usage)),
    extended &&
      (extended.critical ? criticalExtension : extension)(
        oids.extendedKeyUsage,
        der.sequence(...extended.purposes.map(der.objectIdentifier)),
      ),
    privateKeyUsageDays === undefined
      ? undefined
      : extension(oids.privateKeyUsagePeriod, usagePeriod(options.notBefore, privateKeyUsageDays)),
    profile.policies.length === 0
      ? undefined
      : extension(
          oids.certificatePolicies,
          der.sequence(...profile.policies.map((id) => der.sequence(der.objectIdentifier(id)))),
        ),
    hostNames.length === 0
      ? undefined
      : extension(oids.subjectAltName, der.sequence(...hostNames.map(generalName))),
    ...knownPointers(options),
    profile.noRevocationAvailable && extension(oids.noRevAvail, der.nullValue),
    profile.ocspNoCheck && extension(oids.ocspNoCheck, der.nullValue),
  ]
  return found.filter((encoded) => encoded !== undefined)
}

const pointersKnown = new WeakMap<Urls, Map<Profile, readonly Uint8Array[]>>()

/** An authority writes the same addresses into thousands of certificates: they are encoded once. */
function knownPointers({ profile, urls }: ExtensionsOptions): readonly Uint8Array[] {
  const ofUrls = pointersKnown.get(urls) ?? new Map<Profile, readonly Uint8Array[]>()
  const known = ofUrls.get(profile) ?? pointers(profile, urls)
  pointersKnown.set(urls, ofUrls.set(profile, known))
  return known
}

/** CRL distribution points and authority information access of a certificate below the root, or below the issuing authority. */
function pointers(profile: Profile, urls: Urls): readonly Uint8Array[] {
  if (profile.pointers === 'none') return []
  const below = profile.authority ? 'root' : 'issuing'
  const crl = below === 'root' ? urls.rootCrl : urls.issuingCrl
  const issuer = below === 'root' ? urls.rootCertificate : urls.issuingCertificate
  const fullName = der.explicit(0, uri(crl))
  return [
    extension(oids.crlDistributionPoints, der.sequence(der.sequence(der.explicit(0, fullName)))),
    extension(
      oids.authorityInfoAccess,
      der.sequence(
        ...(profile.pointers === 'crl-and-ocsp' ? [access(oids.ocsp, urls.ocsp)] : []),
        access(oids.caIssuers, issuer),
      ),
    ),
  ]
}

function access(method: string, location: string): Uint8Array {
  return der.sequence(der.objectIdentifier(method), uri(location))
}

const uri = (text: string): Uint8Array => der.implicit(6, utf8(text))

function usagePeriod(notBefore: Date, days: number): Uint8Array {
  const notAfter = new Date(notBefore.getTime() + days * 86_400_000)
  // GeneralizedTime without its header: the tags are implicit.
  const contents = (at: Date): Uint8Array => der.generalizedTime(at).subarray(2)
  return der.sequence(der.implicit(0, contents(notBefore)), der.implicit(1, contents(notAfter)))
}

const hostNameLabel = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i
const maxHostNameLength = 253

/** dNSName or iPAddress (RFC 5280 4.2.1.6). */
function generalName(host: string): Uint8Array {
  const address = ipv4(host) ?? ipv6(host)
  if (address) return der.implicit(7, address)
  const labels = host.split('.')
  if (host.length > maxHostNameLength || !labels.every((label) => hostNameLabel.test(label))) {
    throw new CaError('CA_PROFILE_VIOLATED', 'e_dnsname_bad_character_in_label: not a host name', {
      details: { lint: 'e_dnsname_bad_character_in_label', host: host.slice(0, maxHostNameLength) },
    })
  }
  return der.implicit(2, utf8(host.toLowerCase()))
}

function ipv4(host: string): Uint8Array | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) return undefined
  const octets = host.split('.').map(Number)
  return octets.every((octet) => octet <= 255) ? Uint8Array.from(octets) : undefined
}

function ipv6(host: string): Uint8Array | undefined {
  if (!host.includes(':') || !URL.canParse(`http://[${host}]/`)) return undefined
  // The URL parser has checked it and turned a dotted tail into groups.
  const canonical = new URL(`http://[${host}]/`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0)
  const whole = [...before, ...zeros, ...after]
  return concat(...whole.map((group) => Uint8Array.of(group >> 8, group & 255)))
}
