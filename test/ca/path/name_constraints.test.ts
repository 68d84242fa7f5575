/** Name constraints of every kind (RFC 5280 4.2.1.10): what lies within, what does not, and what cannot be told, which is refused. */
import test from 'ava'
import * as der from '../../../ca/der/write.ts'
import { oids } from '../../../ca/oids.ts'
import { validatePath } from '../../../ca/path/index.ts'
import {
  altNames,
  at,
  authority,
  certificate,
  constraints,
  general,
  nameOf,
  root,
} from './forge.ts'

const { dns, mail, uri, ip, directory, other, registered } = general
/** How a name stands to a constraint: within, outside, or not to be told. */
type Relation = 'within' | 'outside' | 'untold' | 'other kind'

const upn = (text: string) => other('1.3.6.1.4.1.311.20.2.3', der.utf8String(text))
const smtp = (text: string) => other(oids.smtpUtf8Mailbox, der.utf8String(text))
const v6 = (...tail: number[]) => [
  0x20,
  0x01,
  0x0d,
  0xb8,
  ...new Array<number>(12 - tail.length).fill(0),
  ...tail,
]
const mask6 = [...new Array<number>(4).fill(255), ...new Array<number>(12).fill(0)]

const rows: readonly (readonly [string, Uint8Array, Uint8Array, Relation])[] = [
  ['a host in its own subtree', dns('example.org'), dns('example.org'), 'within'],
  ['a host below', dns('a.b.example.org'), dns('example.org'), 'within'],
  ['case does not count', dns('WWW.Example.ORG'), dns('exAMPLE.org'), 'within'],
  ['a longer last label', dns('badexample.org'), dns('example.org'), 'outside'],
  ['the parent', dns('org'), dns('example.org'), 'outside'],
  ['every host under an empty constraint', dns('example.org'), dns(''), 'within'],
  ['a constraint with a leading period', dns('a.example.org'), dns('.example.org'), 'untold'],
  ['a constraint with a wildcard', dns('a.example.org'), dns('*.example.org'), 'untold'],
  ['a name with the root dot', dns('example.org.'), dns('example.org'), 'untold'],
  ['a name with a space', dns('exa mple.org'), dns('example.net'), 'untold'],
  ['a partial wildcard', dns('a*.example.org'), dns('example.org'), 'untold'],
  ['a wildcard below', dns('*.example.org'), dns('example.org'), 'within'],
  ['a mailbox itself', mail('a@example.org'), mail('a@example.org'), 'within'],
  ['another mailbox', mail('b@example.org'), mail('a@example.org'), 'outside'],
  ['a local part of another case', mail('A@example.org'), mail('a@example.org'), 'outside'],
  ['a mailbox on the host', mail('a@EXAMPLE.org'), mail('example.org'), 'within'],
  ['a mailbox on a host below the host', mail('a@b.example.org'), mail('example.org'), 'outside'],
  ['a mailbox below the domain', mail('a@b.example.org'), mail('.example.org'), 'within'],
  ['a mailbox on the domain itself', mail('a@example.org'), mail('.example.org'), 'outside'],
  ['a mailbox without a host', mail('postmaster'), mail('example.org'), 'untold'],
  ['a mailbox with two @', mail('a@b@example.org'), mail('example.org'), 'untold'],
  ['a constraint with two @', mail('a@example.org'), mail('a@b@example.org'), 'untold'],
  ['a quoted local part', mail('"a@b"@example.org'), mail('example.org'), 'within'],
  ['an internationalised mailbox', smtp('用户@example.org'), mail('example.org'), 'untold'],
  ['a URI on the host', uri('https://example.org/x'), uri('example.org'), 'within'],
  ['a URI with port and user', uri('http://u@example.org:81/'), uri('example.org'), 'within'],
  ['a URI below the domain', uri('http://a.example.org'), uri('.example.org'), 'within'],
  ['a URI elsewhere', uri('http://example.net'), uri('example.org'), 'outside'],
  [
    'a URI whose path looks like a host',
    uri('http://example.net/.example.org'),
    uri('.example.org'),
    'outside',
  ],
  [
    'a URI whose user looks like a host',
    uri('http://example.org@example.net/'),
    uri('example.org'),
    'outside',
  ],
  ['a URI of an address', uri('http://192.0.2.1/'), uri('example.org'), 'untold'],
  ['a URI without a host', uri('urn:x:y'), uri('example.org'), 'untold'],
  ['a URI with an escaped host', uri('http://%65xample.org/'), uri('example.org'), 'untold'],
  ['an address in the network', ip(192, 0, 2, 77), ip(192, 0, 2, 0, 255, 255, 255, 0), 'within'],
  ['an address elsewhere', ip(192, 0, 3, 1), ip(192, 0, 2, 0, 255, 255, 255, 0), 'outside'],
  ['an address of the other family', ip(...v6(1)), ip(192, 0, 2, 0, 255, 255, 255, 0), 'outside'],
  ['an IPv6 address in the network', ip(...v6(1)), ip(...v6(), ...mask6), 'within'],
  ['a mask with gaps', ip(192, 0, 2, 1), ip(192, 0, 2, 0, 255, 0, 255, 0), 'untold'],
  ['a network of seven octets', ip(192, 0, 2, 1), ip(192, 0, 2, 0, 255, 255, 255), 'untold'],
  ['a name in the subtree', directory(nameOf('unit', 'a')), directory(nameOf('unit')), 'within'],
  ['a name beside the subtree', directory(nameOf('other')), directory(nameOf('unit')), 'outside'],
  ['an otherName', upn('a@example.org'), upn('example.org'), 'untold'],
  ['an otherName of another type', upn('a@example.org'), other('2.999.1', der.nullValue), 'untold'],
  ['a registeredID', registered('2.999.1'), registered('2.999'), 'untold'],
  ['an address under a constraint on hosts', ip(192, 0, 2, 1), dns('example.org'), 'other kind'],
  ['an otherName under a constraint on mail', upn('a'), mail('example.org'), 'other kind'],
]

async function codeOf(
  name: Uint8Array,
  limits: Parameters<typeof constraints>[0],
  critical = true,
) {
  const report = await validatePath({
    target: certificate({
      subject: 'leaf',
      issuer: 'ca',
      subjectName: nameOf(),
      extensions: [altNames([name], true)],
    }),
    intermediates: [authority('ca', 'root', { extensions: [constraints(limits, critical)] })],
    anchors: [root('root')],
    crls: [],
    at,
    revocation: 'none',
  })
  return report.valid ? 'valid' : report.findings.map(({ code }) => code).join()
}

const permitted = {
  within: 'valid',
  outside: 'NAME_NOT_PERMITTED',
  untold: 'NAME_CONSTRAINT_UNSUPPORTED',
  'other kind': 'valid',
}
const excluded = {
  within: 'NAME_EXCLUDED',
  outside: 'valid',
  untold: 'NAME_CONSTRAINT_UNSUPPORTED',
  'other kind': 'valid',
}

for (const [title, name, base, relation] of rows) {
  test(`${relation}: ${title}`, async (t) => {
    t.is(await codeOf(name, { permitted: [base] }), permitted[relation])
    t.is(await codeOf(name, { excluded: [base] }), excluded[relation])
    t.is(
      await codeOf(name, { excluded: [base] }, false),
      excluded[relation],
      'not critical binds too',
    )
  })
}

test('an exclusion outweighs a permission, and each authority’s permission must be met', async (t) => {
  const both = { permitted: [dns('example.org')], excluded: [dns('a.example.org')] }
  t.is(await codeOf(dns('b.example.org'), both), 'valid')
  t.is(await codeOf(dns('a.example.org'), both), 'NAME_EXCLUDED')
  const report = await validatePath({
    target: certificate({ subject: 'leaf', issuer: 'low', extensions: [altNames([dns('b.org')])] }),
    intermediates: [
      authority('ca', 'root', { extensions: [constraints({ permitted: [dns('a.org')] })] }),
      authority('low', 'ca', { extensions: [constraints({ permitted: [dns('b.org')] })] }),
    ],
    anchors: [root('root')],
    crls: [],
    at,
    revocation: 'none',
  })
  t.is(report.findings[0]?.code, 'NAME_NOT_PERMITTED', 'a lower authority does not widen')
})

test('a wildcard is excluded if a host that it stands for is', async (t) => {
  t.is(await codeOf(dns('*.example.org'), { excluded: [dns('a.example.org')] }), 'NAME_EXCLUDED')
  t.is(
    await codeOf(dns('*.example.org'), { permitted: [dns('a.example.org')] }),
    'NAME_NOT_PERMITTED',
  )
})

const underOrg = authority('ca', 'root', {
  extensions: [constraints({ permitted: [dns('example.org'), mail('example.org')] })],
})
const subjects: readonly (readonly [string, Uint8Array, readonly Uint8Array[], string])[] = [
  ['a common name that is another host', nameOf('example.net'), [], 'NAME_NOT_PERMITTED'],
  ['a common name that is the host', nameOf('a.example.org'), [], 'valid'],
  ['a common name of words', nameOf('V. 2.0 of 印匣'), [], 'valid'],
  [
    'another host beside a dNSName',
    nameOf('example.net'),
    [altNames([dns('example.org')])],
    'valid',
  ],
]
for (const [title, subjectName, extensions, expected] of subjects) {
  test(`${expected}: ${title}, under constraints on hosts`, async (t) => {
    const target = certificate({ subject: 'leaf', issuer: 'ca', subjectName, extensions })
    const report = await validatePath({
      target,
      intermediates: [underOrg],
      anchors: [root('root')],
      crls: [],
      at,
      revocation: 'none',
    })
    t.is(report.valid ? 'valid' : report.findings[0]?.code, expected)
  })
}

test('mail addresses in the subject are names too', async (t) => {
  const subjectName = der.sequence(
    der.setOf(
      der.sequence(der.objectIdentifier('1.2.840.113549.1.9.1'), der.ia5String('a@example.net')),
    ),
  )
  const report = await validatePath({
    target: certificate({ subject: 'leaf', issuer: 'ca', subjectName }),
    intermediates: [underOrg],
    anchors: [root('root')],
    crls: [],
    at,
    revocation: 'none',
  })
  t.is(report.findings[0]?.code, 'NAME_NOT_PERMITTED')
})
