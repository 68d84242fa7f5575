/**
 * Finding the sound path among unsound ones (RFC 4158): several issuers of one name, of which some ended, hold another key, are no authorities
 * or forbid what lies below. Whatever the order, the sound path is found, and without one nothing is accepted.
 */
import test from 'ava'
import fc from 'fast-check'
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
  crl,
  ecdsa256,
  entry,
  general,
  isCa,
  keysOf,
  leaf,
  policyConstraints,
  purposes,
  root,
  usage,
  type CertificateShape,
} from './forge.ts'

const past = der.time(new Date(at.getTime() - 86_400_000))
const future = der.time(new Date(at.getTime() + 86_400_000))
const flaws: Readonly<Record<string, Partial<CertificateShape>>> = {
  'has ended': { notAfter: past },
  'has not begun': { notBefore: future },
  'holds another key': { keys: keysOf('another key') },
  'was signed by a stranger': { signer: keysOf('stranger') },
  'is no authority': { extensions: [caUsage] },
  'may not sign certificates': { extensions: [isCa(), usage(6)] },
  'excludes the target': {
    extensions: [isCa(), caUsage, constraints({ excluded: [general.dns('example.org')] })],
  },
  'permits other hosts only': {
    extensions: [isCa(), caUsage, constraints({ permitted: [general.dns('example.net')] })],
  },
  'is for another purpose': { extensions: [isCa(), caUsage, purposes(oids.clientAuth)] },
  'requires a policy': { extensions: [isCa(), caUsage, policyConstraints({ require: 0 })] },
  'bears an unknown critical extension': {
    extensions: [
      isCa(),
      caUsage,
      der.sequence(
        der.objectIdentifier('2.999.7'),
        der.booleanTrue,
        der.octetString(der.nullValue),
      ),
    ],
  },
  'is signed by an unsupported algorithm': {
    scheme: { ...ecdsa256, algorithm: der.sequence(der.objectIdentifier('1.2.840.10045.4.1')) },
  },
}
const target = leaf('ca', altNames([general.dns('a.example.org')]), purposes(oids.serverAuth))
const flawed = Object.entries(flaws).map(
  ([title, shape]) =>
    [
      title,
      certificate({ subject: 'ca', issuer: 'root', extensions: [isCa(), caUsage], ...shape }),
    ] as const,
)
const question = { target, anchors: [root('root')], crls: [], at, revocation: 'none' as const }
const sound = authority('ca', 'root')

for (const [title, bad] of flawed) {
  test(`the other issuer is found where one ${title}, and nothing is without it`, async (t) => {
    for (const intermediates of [
      [bad, sound],
      [sound, bad],
    ]) {
      const report = await validatePath({ ...question, intermediates })
      t.true(report.valid)
      t.deepEqual(report.path[1], sound)
    }
    t.false((await validatePath({ ...question, intermediates: [bad] })).valid)
  })
}

test('in graphs of three layers with every flaw, the sound path is found in any order (seed 4, 60 graphs)', async (t) => {
  const unsound = Object.values(flaws)
  const layer = fc.array(fc.nat(unsound.length - 1), { minLength: 0, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(layer, layer, layer, fc.boolean(), fc.nat(), async (a, b, c, holds, turn) => {
      const between = [
        ['ca', 'mid', a],
        ['mid', 'top', b],
        ['top', 'root', c],
      ] as const
      const made = between.flatMap(([subject, issuer, which]) =>
        which.map((index) =>
          certificate({ subject, issuer, extensions: [isCa(), caUsage], ...unsound[index] }),
        ),
      )
      // Without `holds` the middle link is missing in its sound form.
      const right = between
        .filter(([subject]) => holds || subject !== 'mid')
        .map(([subject, issuer]) => authority(subject, issuer))
      const all = [...made, ...right]
      const turned = all.map((_, index) => all[(index + turn) % all.length] ?? target)
      const report = await validatePath({ ...question, intermediates: turned })
      t.is(report.valid, holds, report.findings[0]?.message)
    }),
    { seed: 4, numRuns: 60 },
  )
})

test('a path whose issuer was revoked gives way to one whose issuer was not', async (t) => {
  const serial = 77
  const revoked = authority('ca', 'root', { serial: der.integer(serial) })
  const crls = [crl({ issuer: 'root', entries: [entry(serial)] }), crl({ issuer: 'ca' })]
  const asked = { ...question, crls, revocation: 'crl' as const }
  t.true((await validatePath({ ...asked, intermediates: [revoked, sound] })).valid)
  const alone = await validatePath({ ...asked, intermediates: [revoked] })
  t.deepEqual(
    alone.findings.map(({ code, certificateIndex }) => [code, certificateIndex]),
    [['REVOKED', 1]],
  )
})

test('a root that ended gives way to its new self by the cross-certificate', async (t) => {
  const oldRoot = certificate({
    subject: 'root',
    issuer: 'root',
    notAfter: past,
    extensions: [isCa(), caUsage],
  })
  const newRoot = certificate({
    subject: 'root',
    issuer: 'root',
    keys: keysOf('root-2'),
    signer: keysOf('root-2'),
    extensions: [isCa(), caUsage],
  })
  const oldWithNew = certificate({
    subject: 'root',
    issuer: 'root',
    signer: keysOf('root-2'),
    extensions: [isCa(), caUsage],
  })
  const asked = { ...question, intermediates: [oldWithNew, sound] }
  t.is((await validatePath({ ...asked, anchors: [oldRoot] })).findings[0]?.code, 'EXPIRED')
  const report = await validatePath({ ...asked, anchors: [oldRoot, newRoot] })
  t.true(report.valid)
  t.deepEqual(report.path, [target, sound, oldWithNew, newRoot])
})
