/**
 * What a certificate must be to stand in a path, clause by clause (RFC 5280 4 and 6.1), with what is tolerated on purpose beside what is
 * refused. Made with our own writer, so that nothing is too broken to be written.
 */
import test from 'ava'
import * as der from '../../../ca/der/write.ts'
import { oids } from '../../../ca/oids.ts'
import { validatePath } from '../../../ca/path/index.ts'
import {
  altNames,
  at,
  authority,
  caUsage,
  certificate,
  constraints,
  extension,
  general,
  isCa,
  keysOf,
  leaf,
  mappings,
  nameOf,
  policies,
  policyConstraints,
  purposes,
  root,
  usage,
} from './forge.ts'
import { anchorWith, below, testPathCases, type PathCase } from './path_cases.ts'

const unknown = extension('2.999.7', der.nullValue, true)
const keyId = der.sequence(der.implicit(0, Uint8Array.of(1, 2, 3)))
const ownId = extension(oids.subjectKeyIdentifier, der.octetString(Uint8Array.of(1, 2, 3)))
const ca = authority('ca', 'root')
const flip = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from(bytes, (byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte))
const text = (tag: number, value: string) => der.element(tag, new TextEncoder().encode(value))
const serverAuth = purposes(oids.serverAuth)

const cases: Readonly<Record<string, PathCase>> = {
  // the target
  'a plain certificate': { expected: 'valid' },
  'neither keyUsage nor basicConstraints': { expected: 'valid', target: leaf('root') },
  'octets behind the certificate': {
    expected: 'TARGET_MALFORMED',
    target: Uint8Array.from([...leaf('root'), 0]),
  },
  'a length in BER': {
    expected: 'TARGET_MALFORMED',
    target: Uint8Array.from([0x30, 0x83, 0, ...leaf('root').subarray(2)]),
  },
  'serial number zero': {
    expected: 'PROFILE_VIOLATED',
    target: below('root', { serial: der.integer(0) }),
  },
  'serial number of 20 octets': {
    expected: 'valid',
    target: below('root', { serial: der.integer(new Uint8Array(20).fill(0x7f)) }),
  },
  'serial number of 21 octets': {
    expected: 'PROFILE_VIOLATED',
    target: below('root', { serial: der.integer(new Uint8Array(21).fill(0x7f)) }),
  },
  'a negative serial number (4.1.2.2: to be handled; PKITS 4.4.14)': {
    expected: 'valid',
    target: below('root', { serial: Uint8Array.of(2, 1, 0xff) }),
  },
  'a serial number that is padded': {
    expected: 'TARGET_MALFORMED',
    target: below('root', { serial: Uint8Array.of(2, 2, 0, 1) }),
  },
  'no subject and no alternative name': {
    expected: 'PROFILE_VIOLATED',
    target: below('root', { subjectName: nameOf() }),
  },
  'no subject and an alternative name that is not critical': {
    expected: 'PROFILE_VIOLATED',
    target: below('root', {
      subjectName: nameOf(),
      extensions: [altNames([general.dns('example.org')])],
    }),
  },
  'no subject and a critical alternative name': {
    expected: 'valid',
    target: below('root', {
      subjectName: nameOf(),
      extensions: [altNames([general.dns('example.org')], true)],
    }),
  },
  'keyCertSign without cA': {
    expected: 'PROFILE_VIOLATED',
    target: leaf('root', usage(0, 5)),
  },
  'nameConstraints without cA': {
    expected: 'PROFILE_VIOLATED',
    target: leaf('root', constraints({ permitted: [general.dns('example.org')] })),
  },
  'a pathLenConstraint without cA': {
    expected: 'valid',
    target: leaf('root', extension(oids.basicConstraints, der.sequence(der.integer(0)), true)),
  },
  'an unknown critical extension in the target': {
    expected: 'CRITICAL_EXTENSION_UNKNOWN',
    target: leaf('root', unknown),
  },
  'an unknown extension that is not critical': {
    expected: 'valid',
    target: leaf('root', extension('2.999.7', der.nullValue)),
  },
  'a critical authorityKeyIdentifier': {
    expected: 'PROFILE_VIOLATED',
    target: leaf('root', extension(oids.authorityKeyIdentifier, keyId, true)),
  },
  'a critical subjectKeyIdentifier': {
    expected: 'PROFILE_VIOLATED',
    target: leaf('root', extension(oids.subjectKeyIdentifier, der.octetString(keyId), true)),
  },
  'the same extension twice': {
    expected: 'TARGET_MALFORMED',
    target: leaf('root', usage(0), usage(0)),
  },
  'an alternative name of garbage': {
    expected: 'TARGET_MALFORMED',
    target: leaf('root', extension(oids.subjectAltName, new TextEncoder().encode('malformed'))),
  },
  'no alternative names in the extension': {
    expected: 'PROFILE_VIOLATED',
    target: leaf('root', altNames([])),
  },
  'an address of five octets': {
    expected: 'TARGET_MALFORMED',
    target: leaf('root', altNames([general.ip(1, 2, 3, 4, 5)])),
  },
  'an empty DNS name': {
    expected: 'TARGET_MALFORMED',
    target: leaf('root', altNames([general.dns('')])),
  },
  'authorityInfoAccess of garbage': {
    expected: 'TARGET_MALFORMED',
    target: leaf(
      'root',
      extension(oids.authorityInfoAccess, new TextEncoder().encode('malformed')),
    ),
  },
  'extendedKeyUsage without a purpose': {
    expected: 'TARGET_MALFORMED',
    target: leaf('root', purposes()),
  },
  'an algorithm inside other than outside': {
    expected: 'TARGET_MALFORMED',
    target: below('root', {
      innerAlgorithm: der.sequence(der.objectIdentifier('1.2.840.10045.4.3.3')),
    }),
  },
  'version 1 with extensions': {
    expected: 'TARGET_MALFORMED',
    target: below('root', { version: new Uint8Array(), extensions: [usage(0)] }),
  },
  'version 1 without extensions': {
    expected: 'valid',
    target: below('root', { version: new Uint8Array() }),
  },
  'version 4': {
    expected: 'TARGET_MALFORMED',
    target: below('root', { version: der.explicit(0, der.integer(3)) }),
  },
  'a signature with one bit flipped': {
    expected: 'SIGNATURE_INVALID',
    target: flip(leaf('root')),
  },
  'an issuer without a name': {
    expected: 'ISSUER_NOT_FOUND',
    target: below('root', { issuerName: nameOf() }),
  },
  // time
  'the first second of validity': {
    expected: 'valid',
    target: below('root', { notBefore: der.time(at) }),
  },
  'the last second of validity': {
    expected: 'valid',
    target: below('root', { notAfter: der.time(at) }),
  },
  'one second after': {
    expected: 'EXPIRED',
    target: below('root', { notAfter: der.time(new Date(at.getTime() - 1000)) }),
  },
  'one second before': {
    expected: 'NOT_YET_VALID',
    target: below('root', { notBefore: der.time(new Date(at.getTime() + 1000)) }),
  },
  'a fraction of a second in GeneralizedTime': {
    expected: 'TARGET_MALFORMED',
    target: below('root', { notAfter: text(0x18, '20990101000000.5Z') }),
  },
  'GeneralizedTime without Z': {
    expected: 'TARGET_MALFORMED',
    target: below('root', { notAfter: text(0x18, '20990101000000') }),
  },
  'UTCTime without seconds': {
    expected: 'TARGET_MALFORMED',
    target: below('root', { notAfter: text(0x17, '4901010000Z') }),
  },
  'UTCTime of year 50, which is 1950': {
    expected: 'EXPIRED',
    target: below('root', { notAfter: text(0x17, '500101000000Z') }),
  },
  'the 30th of February': {
    expected: 'TARGET_MALFORMED',
    target: below('root', { notAfter: text(0x17, '300230000000Z') }),
  },
  'the last second that can be written (4.1.2.5)': {
    expected: 'valid',
    target: below('root', { notAfter: text(0x18, '99991231235959Z') }),
  },
  // authorities between
  'an authority between': { expected: 'valid', target: leaf('ca'), between: [ca] },
  'no basicConstraints between': {
    expected: 'BASIC_CONSTRAINTS_MISSING',
    target: leaf('ca'),
    between: [certificate({ subject: 'ca', issuer: 'root', extensions: [caUsage] })],
  },
  'version 1 between': {
    expected: 'BASIC_CONSTRAINTS_MISSING',
    target: leaf('ca'),
    between: [certificate({ subject: 'ca', issuer: 'root', version: new Uint8Array() })],
  },
  'keyUsage without keyCertSign between': {
    expected: 'KEY_USAGE_FORBIDS_ISSUING',
    target: leaf('ca'),
    between: [certificate({ subject: 'ca', issuer: 'root', extensions: [isCa(), usage(0, 6)] })],
  },
  'basicConstraints not critical between (PKITS 4.6.4)': {
    expected: 'valid',
    target: leaf('ca'),
    between: [
      certificate({ subject: 'ca', issuer: 'root', extensions: [isCa(undefined, false), caUsage] }),
    ],
  },
  'an unknown critical extension between': {
    expected: 'CRITICAL_EXTENSION_UNKNOWN',
    target: leaf('ca'),
    between: [authority('ca', 'root', { extensions: [unknown] })],
  },
  'an authority without a name': {
    expected: 'PROFILE_VIOLATED',
    target: below('nobody', { issuerName: nameOf() }),
    between: [authority('nobody', 'root', { subjectName: nameOf() })],
  },
  'an authority that ended': {
    expected: 'EXPIRED',
    target: leaf('ca'),
    between: [authority('ca', 'root', { notAfter: der.time(new Date(at.getTime() - 1000)) })],
  },
  'an authority without the key identifier that is referred to': {
    expected: 'PROFILE_VIOLATED',
    target: leaf('ca', extension(oids.authorityKeyIdentifier, keyId)),
    between: [ca],
  },
  'an anchor without the key identifier that is referred to': {
    expected: 'PROFILE_VIOLATED',
    target: leaf('root', extension(oids.authorityKeyIdentifier, keyId)),
  },
  'an authority that has a key identifier and refers to none': {
    expected: 'PROFILE_VIOLATED',
    target: leaf('ca', extension(oids.authorityKeyIdentifier, keyId)),
    between: [authority('ca', 'root', { extensions: [ownId] })],
    anchors: anchorWith({ extensions: [isCa(), caUsage, ownId] }),
  },
  'key identifiers throughout, of another key (the signature decides)': {
    expected: 'valid',
    target: leaf('root', extension(oids.authorityKeyIdentifier, keyId)),
    anchors: anchorWith({
      extensions: [
        isCa(),
        caUsage,
        extension(oids.subjectKeyIdentifier, der.octetString(Uint8Array.of(7))),
      ],
    }),
  },
  'no key identifiers anywhere (4.2.1.1, 4.2.1.2: to be made, not to be asked for)': {
    expected: 'valid',
    target: leaf('ca'),
    between: [ca],
  },
  'noRevAvail in an authority (RFC 9608 4)': {
    expected: 'PROFILE_VIOLATED',
    target: leaf('ca'),
    between: [authority('ca', 'root', { extensions: [extension(oids.noRevAvail, der.nullValue)] })],
  },
  'root and authority swapped': {
    expected: 'ISSUER_NOT_FOUND',
    target: leaf('ca'),
    between: [root('root')],
    anchors: [root('other')],
  },
  'pathLenConstraint 0 and one authority below': {
    expected: 'PATH_LENGTH_EXCEEDED',
    target: leaf('low'),
    between: [
      certificate({ subject: 'ca', issuer: 'root', extensions: [isCa(0)] }),
      authority('low', 'ca'),
    ],
  },
  'a pathLenConstraint that grows downwards does not widen': {
    expected: 'PATH_LENGTH_EXCEEDED',
    target: leaf('low'),
    between: [
      certificate({ subject: 'ca', issuer: 'root', extensions: [isCa(0)] }),
      certificate({ subject: 'low', issuer: 'ca', extensions: [isCa(9)] }),
    ],
  },
  'a self-issued authority does not count for pathLenConstraint': {
    expected: 'valid',
    target: below('ca', { signer: keysOf('ca new') }),
    between: [
      certificate({ subject: 'ca', issuer: 'root', extensions: [isCa(0)] }),
      certificate({ subject: 'ca', issuer: 'ca', keys: keysOf('ca new'), extensions: [isCa(0)] }),
    ],
  },
  // purposes
  'one purpose all the way': {
    expected: 'valid',
    target: leaf('ca', serverAuth),
    between: [authority('ca', 'root', { extensions: [serverAuth] })],
  },
  'a purpose that the authority is not for': {
    expected: 'PURPOSE_NOT_PERMITTED',
    target: leaf('ca', serverAuth),
    between: [authority('ca', 'root', { extensions: [purposes(oids.clientAuth)] })],
  },
  'any purpose allowed by the authority': {
    expected: 'valid',
    target: leaf('ca', serverAuth),
    between: [authority('ca', 'root', { extensions: [purposes(oids.anyExtendedKeyUsage)] })],
  },
  // policies
  'policyConstraints that is not critical binds all the same': {
    expected: 'POLICY_REQUIRED',
    target: leaf('ca'),
    between: [authority('ca', 'root', { extensions: [policyConstraints({ require: 0 }, false)] })],
  },
  'a policy twice in one certificate': {
    expected: 'TARGET_MALFORMED',
    target: leaf('root', policies('2.999.1', '2.999.1')),
  },
  'a mapping to anyPolicy': {
    expected: 'POLICY_MAPPING_OF_ANY_POLICY',
    target: leaf('ca', policies('2.999.1')),
    between: [
      authority('ca', 'root', {
        extensions: [policies('2.999.1'), mappings(['2.999.1', oids.anyPolicy])],
      }),
    ],
  },
}

testPathCases(cases)

test('the last second of validity holds to its end, and the first not before it begins', async (t) => {
  const ask = (target: Uint8Array, shiftMs: number) =>
    validatePath({
      target,
      intermediates: [],
      anchors: [root('root')],
      crls: [],
      at: new Date(at.getTime() + shiftMs),
      revocation: 'none',
    })
  t.true((await ask(below('root', { notAfter: der.time(at) }), 999)).valid)
  t.false((await ask(below('root', { notAfter: der.time(at) }), 1000)).valid)
  t.false((await ask(below('root', { notBefore: der.time(at) }), -1)).valid)
})

test('at a moment that is none nothing is valid', async (t) => {
  const report = await validatePath({
    target: leaf('root'),
    intermediates: [],
    anchors: [root('root')],
    crls: [],
    at: new Date(NaN),
    revocation: 'none',
  })
  t.false(report.valid)
})
