/** Revocation by CRL (RFC 5280 6.3) where lists compete, are not understood, or are signed by one who gains from them. */
import test from 'ava'
import * as der from '../../../ca/der/write.ts'
import { oids } from '../../../ca/oids.ts'
import { validatePath } from '../../../ca/path/index.ts'
import {
  at,
  authority,
  certificate,
  crl,
  crlIssuer,
  crlNumber,
  entry,
  extension,
  fullName,
  general,
  keysOf,
  leaf,
  points,
  reason,
  root,
  scope,
  trueField,
  usage,
} from './forge.ts'

const serial = 4711
const target = (...extensions: Uint8Array[]) =>
  certificate({ subject: 'leaf', issuer: 'root', serial: der.integer(serial), extensions })
const day = (text: string) => new Date(`2026-${text}T00:00:00Z`)

async function verdict(
  crls: readonly Uint8Array[],
  more: {
    readonly target?: Uint8Array
    readonly between?: readonly Uint8Array[]
    readonly at?: Date
  } = {},
) {
  const report = await validatePath({
    target: more.target ?? target(),
    intermediates: more.between ?? [],
    anchors: [root('root')],
    crls,
    at: more.at ?? at,
  })
  return report.valid ? 'good' : report.findings[0]?.code
}
const listed = [entry(serial, reason(1))]
const held = [entry(serial, reason(6))]

test('a newer list outweighs an older one that is still current, in any order', async (t) => {
  const older = crl({ issuer: 'root', thisUpdate: day('04-20') })
  const newer = crl({ issuer: 'root', thisUpdate: day('05-20'), entries: listed })
  t.is(await verdict([older, newer]), 'REVOKED')
  t.is(await verdict([newer, older]), 'REVOKED')
  t.is(await verdict([older]), 'good')
  const holding = crl({ issuer: 'root', thisUpdate: day('04-20'), entries: held })
  const released = crl({ issuer: 'root', thisUpdate: day('05-20') })
  t.is(await verdict([holding, released]), 'good', 'a hold that was lifted')
  t.is(await verdict([holding]), 'REVOKED')
})

test('a list of the future, of the past, or without an end says nothing', async (t) => {
  t.is(await verdict([crl({ issuer: 'root', thisUpdate: day('06-02') })]), 'REVOCATION_STALE')
  t.is(await verdict([crl({ issuer: 'root', nextUpdate: day('05-31') })]), 'REVOCATION_STALE')
  t.is(await verdict([crl({ issuer: 'root', nextUpdate: null })]), 'REVOCATION_STALE')
  t.is(await verdict([crl({ issuer: 'root', nextUpdate: at })]), 'good', 'the last second counts')
})

test('a list by a stranger of the same name says nothing', async (t) => {
  const forged = crl({ issuer: 'root', signer: keysOf('stranger') })
  t.is(await verdict([forged]), 'REVOCATION_UNDETERMINED')
  t.is(await verdict([forged, crl({ issuer: 'root', entries: listed })]), 'REVOKED')
})

test('a list with an unknown critical extension says nothing, and no older one in its place', async (t) => {
  const unknown = extension('2.999.7', der.nullValue, true)
  const harmless = extension('2.999.7', der.nullValue)
  const older = crl({ issuer: 'root', thisUpdate: day('04-20') })
  const inList = crl({ issuer: 'root', extensions: [unknown] })
  const inEntry = crl({ issuer: 'root', entries: [entry(1, unknown)] })
  t.is(await verdict([inList]), 'REVOCATION_UNDETERMINED')
  t.is(await verdict([inEntry]), 'REVOCATION_UNDETERMINED')
  t.is(await verdict([inEntry, older]), 'REVOCATION_UNDETERMINED')
  t.is(
    await verdict([crl({ issuer: 'root', extensions: [harmless], entries: [entry(1, harmless)] })]),
    'good',
  )
})

test('a list of version 1 speaks too, but bears no extensions; version 3 there is none', async (t) => {
  const none = new Uint8Array()
  t.is(await verdict([crl({ issuer: 'root', version: none })]), 'good')
  t.is(await verdict([crl({ issuer: 'root', version: none, entries: [entry(serial)] })]), 'REVOKED')
  const extended = crl({ issuer: 'root', version: none, extensions: [crlNumber(1)] })
  t.is(await verdict([extended]), 'REVOCATION_UNDETERMINED')
  t.is(await verdict([crl({ issuer: 'root', version: der.integer(2) })]), 'REVOCATION_UNDETERMINED')
})

test('a list whose number or key identifier is critical is not used', async (t) => {
  const number = (critical: boolean) => extension(oids.crlNumber, der.integer(1), critical)
  const key = der.sequence(der.implicit(0, Uint8Array.of(1)))
  const identifier = (critical: boolean) => extension(oids.authorityKeyIdentifier, key, critical)
  const list = (...extensions: Uint8Array[]) => crl({ issuer: 'root', extensions })
  t.is(await verdict([list(number(false), identifier(false))]), 'good')
  t.is(await verdict([list(number(true))]), 'REVOCATION_UNDETERMINED')
  t.is(await verdict([list(identifier(true))]), 'REVOCATION_UNDETERMINED')
})

test('a list whose entries are malformed says nothing', async (t) => {
  const broken = der.sequence(der.integer(1), der.utf8String('never'))
  t.is(await verdict([crl({ issuer: 'root', entries: [broken] })]), 'REVOCATION_UNDETERMINED')
  const reasonSeven = entry(1, reason(7))
  t.is(await verdict([crl({ issuer: 'root', entries: [reasonSeven] })]), 'REVOCATION_UNDETERMINED')
})

test('serial numbers are compared octet by octet: with the sign octet, and by issuer', async (t) => {
  const high = der.integer(Uint8Array.of(0xff, 0xee))
  const own = certificate({ subject: 'leaf', issuer: 'root', serial: high })
  const dated = (number: Uint8Array) => der.sequence(number, der.time(day('04-01')))
  t.is(await verdict([crl({ issuer: 'root', entries: [dated(high)] })], { target: own }), 'REVOKED')
  const negative = Uint8Array.of(2, 2, 0xff, 0xee)
  t.is(
    await verdict([crl({ issuer: 'root', entries: [dated(negative)] })], { target: own }),
    'REVOCATION_UNDETERMINED',
    'FFEE is not minimal',
  )
})

test('a list for some reasons leaves the others open, until another covers them', async (t) => {
  const flags = (...bits: number[]) => der.implicit(3, der.namedBits(bits).subarray(2))
  const point = der.sequence(fullName(general.uri('http://h/1')))
  const own = target(points(point))
  const some = (entries: readonly Uint8Array[], ...bits: number[]) =>
    crl({
      issuer: 'root',
      entries,
      extensions: [scope(fullName(general.uri('http://h/1')), flags(...bits))],
    })
  t.is(await verdict([some([], 1, 2)], { target: own }), 'REVOCATION_UNDETERMINED')
  t.is(await verdict([some([], 1, 2), some([], 3, 4, 5, 6, 7, 8)], { target: own }), 'good')
  t.is(await verdict([some([], 1, 2), some(listed, 3, 4, 5, 6, 7, 8)], { target: own }), 'REVOKED')
})

test('a revocation in one scope outweighs silence in another', async (t) => {
  const users = crl({
    issuer: 'root',
    thisUpdate: day('04-20'),
    entries: listed,
    extensions: [scope(trueField(1))],
  })
  const all = crl({ issuer: 'root', thisUpdate: day('05-20') })
  t.is(await verdict([all, users]), 'REVOKED')
})

test('a delta list adds and takes away, and only from the list that it belongs to', async (t) => {
  const base = (entries: readonly Uint8Array[]) =>
    crl({ issuer: 'root', entries, extensions: [crlNumber(5)] })
  const delta = (entries: readonly Uint8Array[], from = 5, signer = 'root') =>
    crl({
      issuer: 'root',
      signer: keysOf(signer),
      thisUpdate: day('05-30'),
      entries,
      extensions: [crlNumber(9), extension(oids.deltaCrlIndicator, der.integer(from), true)],
    })
  const removed = [entry(serial, reason(8))]
  t.is(await verdict([base([]), delta(listed)]), 'REVOKED')
  t.is(await verdict([base(held), delta(removed)]), 'good')
  t.is(await verdict([base(held), delta(removed, 6)]), 'REVOKED', 'its base is a later list')
  t.is(
    await verdict([base(held), delta(removed, 5, 'stranger')]),
    'REVOKED',
    'signed by a stranger',
  )
  t.is(await verdict([delta([])]), 'REVOCATION_UNDETERMINED', 'no base')
})

// An authority delegates its list to a signer, who is looked up in the very list that it signs (PKITS 4.14.30).
const delegate = (delegated: boolean) =>
  certificate({
    subject: 'lists',
    issuer: 'root',
    serial: der.integer(99),
    extensions: [
      usage(6),
      ...(delegated
        ? [points(der.sequence(fullName(general.uri('http://h/x')), crlIssuer('lists')))]
        : []),
    ],
  })
const pointed = target(
  points(der.sequence(fullName(general.uri('http://h/x')), crlIssuer('lists'))),
)
const indirect = (...entries: Uint8Array[]) =>
  crl({
    issuer: 'lists',
    entries,
    extensions: [scope(fullName(general.uri('http://h/x')), trueField(4))],
  })
const ofRoot = extension(oids.certificateIssuer, der.sequence(general.directory(rootName())), true)
function rootName(): Uint8Array {
  return der.sequence(
    der.setOf(der.sequence(der.objectIdentifier(oids.countryName), der.printableString('CN'))),
    der.setOf(der.sequence(der.objectIdentifier(oids.commonName), der.utf8String('root'))),
  )
}

test('a signer of lists is looked up in its own list only where its certificate says so', async (t) => {
  const ask = (delegated: boolean, ...crls: Uint8Array[]) =>
    verdict(crls, { target: pointed, between: [delegate(delegated)] })
  t.is(await ask(true, indirect()), 'good')
  t.is(await ask(false, indirect()), 'REVOCATION_UNDETERMINED', 'nobody else vouches for it')
  t.is(await ask(false, indirect(), crl({ issuer: 'root' })), 'good', 'its issuer does')
  t.is(await ask(true, indirect(entry(serial, ofRoot))), 'REVOKED')
  t.is(await ask(true, indirect(entry(99, ofRoot))), 'REVOCATION_UNDETERMINED', 'it revoked itself')
  const accusing = indirect(entry(serial, ofRoot))
  t.is(await ask(true, accusing, crl({ issuer: 'root' })), 'REVOKED')
  const without = crl({ issuer: 'root', entries: [entry(99)] })
  t.is(
    await ask(true, accusing, without),
    'good',
    'its issuer revoked it, whatever it says of itself',
  )
})

test('an entry of an indirect list is about the issuer that it names', async (t) => {
  t.is(
    await verdict([indirect(entry(serial))], { target: pointed, between: [delegate(true)] }),
    'good',
  )
})

test('two signers of lists who vouch only for each other are not believed', async (t) => {
  const signerOf = (subject: string, by: string) =>
    certificate({
      subject,
      issuer: 'root',
      extensions: [
        usage(6),
        points(der.sequence(fullName(general.uri(`http://h/${by}`)), crlIssuer(by))),
      ],
    })
  const list = (issuer: string) =>
    crl({ issuer, extensions: [scope(fullName(general.uri(`http://h/${issuer}`)), trueField(4))] })
  const own = target(points(der.sequence(fullName(general.uri('http://h/a')), crlIssuer('a'))))
  const between = [signerOf('a', 'b'), signerOf('b', 'a')]
  t.is(await verdict([list('a'), list('b')], { target: own, between }), 'REVOCATION_UNDETERMINED')
})

test('an authority elsewhere that takes another’s name does not sign its lists', async (t) => {
  // `rival` is a lawful authority under the same root; its own `ca` has nothing to do with the root's `ca`.
  const between = [
    authority('ca', 'root'),
    authority('rival', 'root'),
    authority('ca', 'rival', { keys: keysOf('false ca') }),
  ]
  const own = certificate({ subject: 'leaf', issuer: 'ca', serial: der.integer(serial) })
  const ofRoot = [crl({ issuer: 'root' }), crl({ issuer: 'rival' })]
  const forged = crl({ issuer: 'ca', signer: keysOf('false ca'), thisUpdate: day('05-20') })
  const honest = crl({ issuer: 'ca', entries: listed })
  const ask = (...crls: Uint8Array[]) => verdict([...ofRoot, ...crls], { target: own, between })
  t.is(await ask(forged), 'REVOCATION_UNDETERMINED')
  t.is(await ask(forged, honest), 'REVOKED')
  // A second key of the same authority, certified by the root or by itself, does.
  const second = keysOf('second key')
  const list = crl({ issuer: 'ca', signer: second })
  for (const issuer of ['root', 'ca']) {
    const signer = authority('ca', issuer, { keys: second })
    const asked = { target: own, between: [...between, signer] }
    t.is(await verdict([...ofRoot, list, crl({ issuer: 'ca' })], asked), 'good', issuer)
    t.is(
      await verdict([...ofRoot, list], { ...asked, between: [authority('ca', 'root'), signer] }),
      issuer === 'root' ? 'good' : 'REVOCATION_UNDETERMINED',
    )
  }
})

test('every authority on the way needs a list, and the root none', async (t) => {
  const between = [authority('ca', 'root')]
  const own = { target: leaf('ca'), between }
  t.is(await verdict([crl({ issuer: 'ca' })], own), 'REVOCATION_UNDETERMINED')
  t.is(await verdict([crl({ issuer: 'ca' }), crl({ issuer: 'root' })], own), 'good')
})
