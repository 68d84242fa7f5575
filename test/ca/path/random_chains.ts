/**
 * Chains drawn from a seed for the differential test: a sound one of two to four certificates and a few mutations, each with a name by which
 * a disagreement can be explained. Dates, serial numbers and names are the same in every run; keys are not, and do not matter.
 */
import * as der from '../../../ca/der/write.ts'
import { oids } from '../../../ca/oids.ts'
import {
  altNames,
  at,
  caUsage,
  certificate,
  constraints,
  crl,
  crlNumber,
  entry,
  extension,
  fullName,
  general,
  isCa,
  keysOf,
  mappings,
  nameOf,
  points,
  policies,
  policyConstraints,
  purposes,
  reason,
  scope,
  trueField,
  usage,
  type CertificateShape,
} from './forge.ts'

/** Numbers from 0 to `below`, from a seed (mulberry32). */
export function createDraw(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
type Draw = ReturnType<typeof createDraw>

interface Link extends CertificateShape {
  readonly extensions: readonly Uint8Array[]
}

export interface Chain {
  readonly mutations: readonly string[]
  readonly root: Uint8Array
  readonly between: readonly Uint8Array[]
  readonly target: Uint8Array
  readonly crls: readonly Uint8Array[]
  readonly policy?: { readonly explicit: boolean; readonly initial: readonly string[] }
}

type Links = readonly [root: Link, ...rest: Link[]]

/** A sound chain of `length` certificates, root first. */
function soundLinks(length: number): Link[] {
  return Array.from({ length }, (_, index) => ({
    subject: index === 0 ? 'root' : `c${String(index)}`,
    issuer: index < 2 ? 'root' : `c${String(index - 1)}`,
    serial: der.integer(100 + index),
    extensions:
      index === length - 1 ? [altNames([general.dns('a.example.org')])] : [isCa(), caUsage],
  }))
}

const past = der.time(new Date(at.getTime() - 86_400_000))
const future = der.time(new Date(at.getTime() + 86_400_000))
const text = (tag: number, value: string) => der.element(tag, new TextEncoder().encode(value))
const keyIdentifier = (...octets: number[]) =>
  der.sequence(der.implicit(0, Uint8Array.from(octets)))
const with_ =
  (...more: Uint8Array[]) =>
  (link: Link): Link => ({ ...link, extensions: [...link.extensions, ...more] })
const instead =
  (...extensions: Uint8Array[]) =>
  (link: Link): Link => ({ ...link, extensions })

type Where = 'root' | 'authority' | 'target' | 'any'
type Mutation = readonly [where: Where, change: (link: Link) => Link]

/** Changes of one certificate, by name. */
export const mutations: Readonly<Record<string, Mutation>> = {
  'has ended': ['any', (link) => ({ ...link, notAfter: past })],
  'has not begun': ['any', (link) => ({ ...link, notBefore: future })],
  'ends in a year without Z': [
    'any',
    (link) => ({ ...link, notAfter: text(0x18, '20400101000000') }),
  ],
  'ends in a fraction of a second': [
    'any',
    (link) => ({ ...link, notAfter: text(0x18, '20400101000000.5Z') }),
  ],
  'no basicConstraints': ['authority', instead(caUsage)],
  'cA false': ['authority', instead(extension(oids.basicConstraints, der.sequence(), true))],
  'basicConstraints not critical': ['authority', instead(isCa(undefined, false), caUsage)],
  'root without basicConstraints': ['root', instead(caUsage)],
  'root with basicConstraints not critical': ['root', instead(isCa(undefined, false), caUsage)],
  'pathLenConstraint 0': ['authority', instead(isCa(0), caUsage)],
  'root with pathLenConstraint 0': ['root', instead(isCa(0), caUsage)],
  'pathLenConstraint 1': ['authority', instead(isCa(1), caUsage)],
  'no keyCertSign': ['authority', instead(isCa(), usage(0, 6))],
  'root without keyCertSign': ['root', instead(isCa(), usage(0, 6))],
  'no keyUsage': ['authority', instead(isCa())],
  'target with keyCertSign': ['target', with_(usage(0, 5))],
  'target with nameConstraints': [
    'target',
    with_(constraints({ permitted: [general.dns('x.org')] })),
  ],
  'unknown critical extension': ['any', with_(extension('2.999.7', der.nullValue, true))],
  'unknown extension': ['any', with_(extension('2.999.7', der.nullValue))],
  'signed by another key': ['any', (link) => ({ ...link, signer: keysOf('stranger') })],
  'names another issuer': ['target', (link) => ({ ...link, issuerName: nameOf('nobody') })],
  'serial number zero': ['target', (link) => ({ ...link, serial: der.integer(0) })],
  'serial number of 21 octets': [
    'target',
    (link) => ({ ...link, serial: der.integer(new Uint8Array(21).fill(1)) }),
  ],
  'negative serial number': ['target', (link) => ({ ...link, serial: Uint8Array.of(2, 1, 0x80) })],
  'no subject, names not critical': ['target', (link) => ({ ...link, subjectName: nameOf() })],
  'no names in subjectAltName': ['target', instead(altNames([]))],
  'malformed subjectAltName': [
    'target',
    instead(extension(oids.subjectAltName, Uint8Array.of(0x30, 5))),
  ],
  'address of five octets': ['target', instead(altNames([general.ip(1, 2, 3, 4, 5)]))],
  'an extension twice': ['target', with_(altNames([general.dns('a.example.org')]))],
  'critical authorityKeyIdentifier': [
    'target',
    with_(extension(oids.authorityKeyIdentifier, keyIdentifier(1), true)),
  ],
  'key identifier of another key': [
    'authority',
    with_(extension(oids.subjectKeyIdentifier, der.octetString(Uint8Array.of(9)))),
  ],
  'authority for another purpose': ['authority', with_(purposes(oids.clientAuth))],
  'target for a purpose': ['target', with_(purposes(oids.serverAuth))],
  'version 1': ['any', (link) => ({ ...link, version: new Uint8Array(), extensions: [] })],
  'permits its host': [
    'authority',
    with_(constraints({ permitted: [general.dns('example.org')] })),
  ],
  'permits other hosts': [
    'authority',
    with_(constraints({ permitted: [general.dns('example.net')] })),
  ],
  'root permits other hosts': [
    'root',
    with_(constraints({ permitted: [general.dns('example.net')] })),
  ],
  'excludes its host': [
    'authority',
    with_(constraints({ excluded: [general.dns('a.example.org')] })),
  ],
  'permits hosts with a leading period': [
    'authority',
    with_(constraints({ permitted: [general.dns('.example.org')] })),
  ],
  'permits another mail host': [
    'authority',
    with_(constraints({ permitted: [general.mail('example.org')] })),
  ],
  'permits other names': [
    'authority',
    with_(constraints({ permitted: [general.directory(nameOf('x'))] })),
  ],
  'permits names of its country': [
    'authority',
    with_(constraints({ permitted: [general.directory(countryName())] })),
  ],
  'excludes names of its country': [
    'authority',
    with_(constraints({ excluded: [general.directory(countryName())] })),
  ],
  'bears an address, which is permitted': ['target', instead(altNames([general.ip(192, 0, 2, 1)]))],
  'permits another network': [
    'authority',
    with_(constraints({ permitted: [general.ip(10, 0, 0, 0, 255, 0, 0, 0)] })),
  ],
  'permits a network whose mask has gaps': [
    'authority',
    with_(constraints({ permitted: [general.ip(192, 0, 2, 0, 255, 0, 255, 0)] })),
  ],
  'bears a URI': ['target', instead(altNames([general.uri('http://a.example.org/')]))],
  'permits another URI host': [
    'authority',
    with_(constraints({ permitted: [general.uri('.example.net')] })),
  ],
}

function countryName(): Uint8Array {
  return der.sequence(
    der.setOf(der.sequence(der.objectIdentifier(oids.countryName), der.printableString('CN'))),
  )
}

/** A sound chain with up to three mutations. */
export function mutatedChain(draw: Draw): Chain {
  const links = soundLinks(2 + draw(3))
  const chosen: string[] = []
  for (let count = draw(4); count > 0; count--) {
    const all = Object.entries(mutations)
    const [name, [where, change]] = all[draw(all.length)] ?? ['', ['any', (link: Link) => link]]
    const last = links.length - 1
    const place = {
      root: 0,
      authority: last < 2 ? -1 : 1 + draw(Math.max(1, last - 1)),
      target: last,
      any: draw(links.length),
    }[where]
    const link = links[place]
    if (!link) continue
    links[place] = change(link)
    chosen.push(name)
  }
  return { ...made(links as unknown as Links), mutations: chosen, crls: [] }
}

function made([root, ...rest]: Links) {
  const [target, ...between] = rest.toReversed().map((link) => certificate(link))
  return { root: certificate(root), between, target: target ?? certificate(root) }
}

const some = ['2.999.1.1', '2.999.1.2', '2.999.1.3']

/** Key identifiers by place, by which OpenSSL finds its way among certificates of one name. */
function identifiers(index: number): Uint8Array[] {
  const own = extension(oids.subjectKeyIdentifier, der.octetString(Uint8Array.of(1, index)))
  const upper = keyIdentifier(1, Math.max(0, index - 1))
  return [own, extension(oids.authorityKeyIdentifier, upper)]
}

/** Makes some authorities a new key of the one above: self-issued certificates count apart (RFC 5280 6.1.4 h, l). */
function renewSome(links: Link[], draw: Draw): void {
  for (let index = 2; index < links.length - 1; index++) {
    const [upper, link, lower] = [links[index - 1], links[index], links[index + 1]]
    if (draw(4) !== 0 || !upper || !link || !lower) continue
    const name = upper.subjectName ?? nameOf(upper.subject)
    links[index] = { ...link, subjectName: name, issuerName: name }
    links[index + 1] = { ...lower, issuerName: name }
  }
}

/** A sound chain with policies, mappings and constraints on them, all at random. */
export function policyChain(draw: Draw): Chain {
  const oid = () => some[draw(some.length)] ?? oids.anyPolicy
  const drawn = (): Uint8Array[] => {
    const own = [...new Set(Array.from({ length: 1 + draw(2) }, oid))]
    if (draw(3) === 0) own.push(oids.anyPolicy)
    return draw(8) === 0 ? [] : [policies(...own)]
  }
  const links = soundLinks(3 + draw(3)).map((link, index, all): Link => {
    const identified = with_(...identifiers(index))(link)
    if (index === 0) return identified
    const more = drawn()
    if (index < all.length - 1) {
      if (draw(3) === 0) {
        const second = draw(2) === 0 ? [[oid(), oid()] as const] : []
        more.push(mappings([oid(), oid()], ...second))
      }
      if (draw(3) === 0) {
        more.push(policyConstraints(draw(2) === 0 ? { require: draw(3) } : { inhibit: draw(3) }))
      }
      if (draw(4) === 0) more.push(extension(oids.inhibitAnyPolicy, der.integer(draw(3)), true))
    }
    return with_(...more)(identified)
  })
  renewSome(links, draw)
  const initial = draw(2) === 0 ? [] : [oid()]
  const policy = { explicit: draw(3) > 0, initial }
  return { ...made(links as unknown as Links), mutations: ['policies'], crls: [], policy }
}

/** A sound chain with lists of each authority, sound or not. */
export function listedChain(draw: Draw): Chain {
  const links = soundLinks(2 + draw(2))
  const chosen: string[] = []
  const last = links.length - 1
  const point = points(der.sequence(fullName(general.uri('http://h/1'))))
  const named = scope(fullName(general.uri('http://h/1')))
  if (draw(3) === 0) {
    links[last] = with_(point)(links[last] ?? (soundLinks(1)[0] as Link))
    chosen.push('has a distribution point')
  }
  const crls = links.slice(0, last).flatMap(({ subject }, index): Uint8Array[] => {
    const issuer = subject
    const serial = 101 + index
    const sound = crl({ issuer, extensions: [crlNumber(1)] })
    const kinds: readonly (readonly [string, readonly Uint8Array[]])[] = [
      ...Array.from({ length: 12 }, () => ['sound', [sound]] as const),
      ['missing', []],
      ['revoked', [crl({ issuer, entries: [entry(serial, reason(1))] })]],
      ['on hold', [crl({ issuer, entries: [entry(serial, reason(6))] })]],
      ['removed', [crl({ issuer, entries: [entry(serial, reason(8))] })]],
      ['another revoked', [crl({ issuer, entries: [entry(9)] })]],
      ['ended', [crl({ issuer, nextUpdate: new Date('2026-05-20T00:00:00Z') })]],
      ['to come', [crl({ issuer, thisUpdate: new Date('2026-06-20T00:00:00Z') })]],
      ['without an end', [crl({ issuer, nextUpdate: null })]],
      ['by a stranger', [crl({ issuer, signer: keysOf('stranger') })]],
      [
        'older good, newer revoked',
        [
          crl({ issuer, thisUpdate: new Date('2026-04-01T00:00:00Z') }),
          crl({ issuer, entries: [entry(serial)] }),
        ],
      ],
      [
        'older on hold, newer released',
        [
          crl({
            issuer,
            thisUpdate: new Date('2026-04-01T00:00:00Z'),
            entries: [entry(serial, reason(6))],
          }),
          sound,
        ],
      ],
      ['of users only', [crl({ issuer, extensions: [scope(trueField(1))] })]],
      ['of authorities only', [crl({ issuer, extensions: [scope(trueField(2))] })]],
      ['of a distribution point', [crl({ issuer, extensions: [named] })]],
      [
        'unknown critical extension',
        [crl({ issuer, extensions: [extension('2.999.7', der.nullValue, true)] })],
      ],
      [
        'unknown critical extension of an entry',
        [crl({ issuer, entries: [entry(9, extension('2.999.7', der.nullValue, true))] })],
      ],
      [
        'a delta that revokes',
        [
          sound,
          crl({
            issuer,
            entries: [entry(serial)],
            extensions: [crlNumber(2), extension(oids.deltaCrlIndicator, der.integer(1), true)],
          }),
        ],
      ],
      [
        'a delta alone',
        [
          crl({
            issuer,
            extensions: [crlNumber(2), extension(oids.deltaCrlIndicator, der.integer(1), true)],
          }),
        ],
      ],
    ]
    const [name, lists] = kinds[draw(kinds.length)] ?? ['sound', [sound]]
    chosen.push(`list ${name}`)
    return [...lists]
  })
  return { ...made(links as unknown as Links), mutations: chosen, crls }
}
