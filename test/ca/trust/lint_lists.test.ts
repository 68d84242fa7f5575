/** The lint of CRLs and OCSP answers: each check objects to what was made to break it, and none to what the box gives out. */
import test from 'ava'
import { boxActor, sha256Hex } from '../../../ca/index.ts'
import {
  brokenCrlChecks,
  brokenCrlHeadChecks,
  brokenEntryChecks,
  crlCheckNames,
} from '../../../ca/certificates/lint/crl.ts'
import { brokenOcspChecks, ocspCheckNames } from '../../../ca/certificates/lint/ocsp.ts'
import { children, readDer, sequenceOf } from '../../../ca/der/read.ts'
import * as der from '../../../ca/der/write.ts'
import { oids } from '../../../ca/oids.ts'
import { readCertificate } from '../../../ca/path/certificate.ts'
import { extension, generalized, uri, utc } from './certificate_parts.ts'
import { issueSeat, openDistrict } from './district.ts'

const algorithm = der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'))
const name = der.sequence(
  der.setOf(der.sequence(der.objectIdentifier(oids.commonName), der.utf8String('签发机构'))),
)
const [before, now, after] = [utc('261101000000Z'), utc('261102000000Z'), utc('261109000000Z')]
const one = (id: string, value: Uint8Array, critical = false): Uint8Array =>
  extension(id, value, critical)[0] ?? new Uint8Array()
const keyIdentifier = (octet: number): Uint8Array =>
  der.sequence(der.implicit(0, Uint8Array.of(octet)))

interface ListParts {
  version: Uint8Array[]
  algorithm: Uint8Array
  issuer: Uint8Array
  thisUpdate: Uint8Array
  nextUpdate: Uint8Array[]
  entries: Uint8Array[] | undefined
  extensions: Uint8Array[]
}

const entry = (...extensions: Uint8Array[]): Uint8Array => entryOf({ extensions })
function entryOf(parts: {
  serial?: Uint8Array
  date?: Uint8Array
  extensions?: Uint8Array[]
}): Uint8Array {
  const { serial = der.integer(5), date = before, extensions = [] } = parts
  return der.sequence(
    ...[serial, date],
    ...(extensions.length > 0 ? [der.sequence(...extensions)] : []),
  )
}

const good = (): ListParts => ({
  version: [der.integer(1)],
  algorithm,
  issuer: name,
  thisUpdate: now,
  nextUpdate: [after],
  entries: [
    entry(
      one(oids.reasonCode, der.enumerated(1)),
      one(oids.invalidityDate, generalized('20261001000000Z')),
    ),
  ],
  extensions: [
    one(oids.authorityKeyIdentifier, keyIdentifier(7)),
    one(oids.crlNumber, der.integer(9)),
  ],
})

function lintList(change: (parts: ListParts) => unknown): string[] {
  const parts = good()
  change(parts)
  const tbs = der.sequence(
    ...[...parts.version, parts.algorithm, parts.issuer, parts.thisUpdate, ...parts.nextUpdate],
    ...(parts.entries ? [der.sequence(...parts.entries)] : []),
    der.explicit(0, der.sequence(...parts.extensions)),
  )
  const issuer = { subject: name, subjectKeyIdentifier: '07' }
  return brokenCrlChecks({ tbs, signatureAlgorithm: algorithm, issuer })
}

const scope = (...fields: Uint8Array[]): Uint8Array => der.sequence(...fields)
const replaced =
  (at: 0 | 1, id: string, value: Uint8Array, critical = false) =>
  ({ extensions }: ListParts): unknown =>
    (extensions[at] = one(id, value, critical))
const added =
  (id: string, value: Uint8Array, critical = false) =>
  ({ extensions }: ListParts): unknown =>
    extensions.push(one(id, value, critical))
const withEntry =
  (bytes: Uint8Array) =>
  (parts: ListParts): unknown =>
    (parts.entries = [bytes])

const breaking: Readonly<Record<string, (parts: ListParts) => unknown>> = {
  e_crl_not_strict_der: (parts) => (parts.entries = [der.nullValue]),
  e_crl_version_not_2: (parts) => (parts.version = []),
  e_crl_sig_alg_not_match_tbs_sig_alg: (parts) =>
    (parts.algorithm = der.sequence(der.objectIdentifier(oids.ed25519))),
  e_crl_issuer_empty: (parts) => (parts.issuer = der.sequence()),
  e_crl_issuer_dn_not_subject_of_issuer: (parts) => (parts.issuer = der.sequence()),
  e_crl_this_update_unreadable: (parts) => (parts.thisUpdate = utc('261102')),
  e_crl_has_next_update: (parts) => (parts.nextUpdate = []),
  e_crl_next_update_not_after_this_update: (parts) => (parts.nextUpdate = [now]),
  e_crl_wrong_time_format_pre2050: (parts) => (parts.nextUpdate = [generalized('20261109000000Z')]),
  e_crl_empty_revoked_certificates: (parts) => (parts.entries = []),
  e_crl_ext_duplicate: added(oids.crlNumber, der.integer(9)),
  e_crl_has_authority_key_identifier: replaced(0, oids.authorityKeyIdentifier, keyIdentifier(8)),
  e_crl_authority_key_identifier_critical: replaced(
    0,
    oids.authorityKeyIdentifier,
    keyIdentifier(7),
    true,
  ),
  e_crl_missing_crl_number: ({ extensions }) => extensions.pop(),
  e_crl_number_critical: replaced(1, oids.crlNumber, der.integer(9), true),
  e_crl_number_out_of_bounds: replaced(1, oids.crlNumber, der.integer(2n ** 159n)),
  e_crl_delta_indicator_not_critical: added(oids.deltaCrlIndicator, der.integer(8)),
  e_crl_delta_base_not_before_number: added(oids.deltaCrlIndicator, der.integer(9), true),
  e_crl_idp_not_critical: added(
    oids.issuingDistributionPoint,
    scope(der.implicit(1, Uint8Array.of(255))),
  ),
  e_crl_idp_empty: added(oids.issuingDistributionPoint, scope(), true),
  e_crl_idp_uri_invalid: added(
    oids.issuingDistributionPoint,
    scope(der.explicit(0, der.explicit(0, uri('localhost')))),
    true,
  ),
  e_crl_entry_serial_not_positive: withEntry(
    entryOf({ serial: der.element(2, Uint8Array.of(0x80)) }),
  ),
  e_crl_revocation_time_unreadable: withEntry(entryOf({ date: utc('1') })),
  e_crl_revocation_time_after_this_update: withEntry(entryOf({ date: after })),
  e_crl_entry_extensions_empty: withEntry(der.sequence(der.integer(5), before, der.sequence())),
  e_crl_entry_ext_duplicate: withEntry(
    entry(...[1, 2].map((code) => one(oids.reasonCode, der.enumerated(code)))),
  ),
  e_crl_has_valid_reason_code: withEntry(entry(one(oids.reasonCode, der.enumerated(0)))),
  e_crl_remove_from_full: withEntry(entry(one(oids.reasonCode, der.enumerated(8)))),
  e_crl_reason_code_critical: withEntry(entry(one(oids.reasonCode, der.enumerated(1), true))),
  e_crl_invalidity_date_unreadable: withEntry(
    entry(one(oids.invalidityDate, utc('261001000000Z'))),
  ),
  e_crl_invalidity_date_critical: withEntry(
    entry(one(oids.invalidityDate, generalized('20261001000000Z'), true)),
  ),
  e_crl_certificate_issuer_not_critical: withEntry(
    entry(one(oids.certificateIssuer, der.sequence(der.explicit(4, name)))),
  ),
  e_crl_serial_repeated: (parts) => (parts.entries = [entry(), entry()]),
}

test('each check of a list objects to a list made to break it, and none to a good one', (t) => {
  t.deepEqual(
    lintList(() => undefined),
    [],
  )
  t.deepEqual(
    crlCheckNames,
    Object.keys(breaking).toSorted((a, b) => crlCheckNames.indexOf(a) - crlCheckNames.indexOf(b)),
  )
  for (const [check, change] of Object.entries(breaking)) {
    const broken = lintList(change)
    t.true(broken.includes(check), `${check}: ${broken.join()}`)
  }
})

test('reason codes are those of RFC 5280, and removal stands in deltas only', (t) => {
  for (let code = 0; code <= 11; code++) {
    const bytes = entry(one(oids.reasonCode, der.enumerated(code)))
    const broken = (isDelta: boolean): number =>
      brokenEntryChecks(bytes, { thisUpdate: undefined, isDelta }).length
    t.is(broken(true) === 0, ![0, 7, 11].includes(code), `${String(code)} in a delta`)
    t.is(broken(false) === 0, ![0, 7, 8, 11].includes(code), `${String(code)} in a full list`)
  }
})

test('the lists and answers of a district break no check', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, certificates, clock } = district
  const issuer = readCertificate(certificates.issuing)
  const lintNow = async (): Promise<string[]> => {
    const { crl } = await authority.crl('issuing')
    const [tbs, outer] = sequenceOf(readDer(crl), 'crl')
    const input = { tbs: tbs?.raw ?? crl, signatureAlgorithm: outer?.raw ?? crl }
    const of = { subject: issuer.subject.raw, subjectKeyIdentifier: issuer.subjectKeyIdentifier }
    t.deepEqual(brokenCrlHeadChecks({ ...input, issuer: of }), [])
    return brokenCrlChecks({ ...input, issuer: of })
  }
  t.deepEqual(await lintNow(), [])
  const seat = await issueSeat(authority)
  t.deepEqual(brokenOcspChecks(dataOf(await authority.ocsp.answerFor(seat, clock.now()))), [])
  for (const [at, reason] of (
    ['unspecified', 'keyCompromise', 'certificateHold'] as const
  ).entries()) {
    const sha256 = sha256Hex(at === 0 ? seat : await issueSeat(authority, `甲${String(at)}`))
    await authority.revoke({ sha256, reason, actor: boxActor })
  }
  t.deepEqual(await lintNow(), [])
  t.deepEqual(brokenOcspChecks(dataOf(await authority.ocsp.answerFor(seat, clock.now()))), [])
})

/** ResponseData of an OCSPResponse or BasicOCSPResponse. */
function dataOf(answer: Uint8Array): Uint8Array {
  const [first, bytes] = sequenceOf(readDer(answer), 'answer')
  if (first?.tag === 0x30) return first.raw
  const basic = sequenceOf(children(bytes ?? readDer(answer))[0], 'responseBytes')[1]
  return sequenceOf(readDer(basic?.contents ?? answer), 'basic')[0]?.raw ?? answer
}

interface AnswerParts {
  version: Uint8Array[]
  responder: Uint8Array
  producedAt: Uint8Array
  answers: Uint8Array[]
  extensions: Uint8Array[]
}

const [g1, g2, g3] = [
  generalized('20261101000000Z'),
  generalized('20261102000000Z'),
  generalized('20261103000000Z'),
]
const status = {
  good: der.implicit(0, new Uint8Array()),
  revoked: (...parts: Uint8Array[]) => der.explicit(1, ...parts),
}
const single = (state = status.good, thisUpdate = g1, ...next: Uint8Array[]): Uint8Array =>
  der.sequence(der.sequence(), state, thisUpdate, ...next.map((time) => der.explicit(0, time)))

function lintAnswer(change: (parts: AnswerParts) => unknown): string[] {
  const parts: AnswerParts = {
    version: [],
    responder: der.explicit(2, der.octetString(new Uint8Array(20))),
    producedAt: g2,
    answers: [
      single(status.good, g1, g3),
      single(status.revoked(g1, der.explicit(0, der.enumerated(1))), g1, g3),
    ],
    extensions: [one(oids.ocspNonce, der.octetString(new Uint8Array(32)))],
  }
  change(parts)
  return brokenOcspChecks(
    der.sequence(
      ...[...parts.version, parts.responder, parts.producedAt, der.sequence(...parts.answers)],
      der.explicit(1, der.sequence(...parts.extensions)),
    ),
  )
}

const answering =
  (...answers: Uint8Array[]) =>
  (parts: AnswerParts): unknown =>
    (parts.answers = answers)
const nonceOf = (octets: number) => (parts: AnswerParts) =>
  (parts.extensions = [one(oids.ocspNonce, der.octetString(new Uint8Array(octets)))])

const breakingAnswers: Readonly<Record<string, (parts: AnswerParts) => unknown>> = {
  e_ocsp_not_strict_der: answering(der.nullValue),
  e_ocsp_version_encoded: (parts) => (parts.version = [der.explicit(0, der.integer(0))]),
  e_ocsp_responder_id_missing: (parts) => (parts.responder = der.sequence()),
  e_ocsp_produced_at_format: (parts) => (parts.producedAt = generalized('20261102000000.5Z')),
  e_ocsp_no_response: answering(),
  e_ocsp_this_update_unreadable: answering(single(status.good, before, g3)),
  e_this_update_not_after_produced_at: answering(single(status.good, g3, g3)),
  e_ocsp_next_update_missing: answering(single(status.good, g1)),
  e_ocsp_next_update_not_after_this_update: answering(single(status.good, g2, g1)),
  e_ocsp_status_unreadable: answering(single(der.nullValue, g1, g3)),
  e_ocsp_revocation_time_after_produced_at: answering(single(status.revoked(g3), g1, g3)),
  e_ocsp_unspecified_reason: answering(
    single(status.revoked(g1, der.explicit(0, der.enumerated(0))), g1, g3),
  ),
  e_ocsp_nonce_length: nonceOf(0),
  e_ocsp_ext_duplicate: ({ extensions }) => extensions.push(...extensions),
}

test('each check of an answer objects to an answer made to break it, and none to a good one', (t) => {
  t.deepEqual(
    lintAnswer(() => undefined),
    [],
  )
  t.deepEqual(ocspCheckNames, Object.keys(breakingAnswers))
  for (const [check, change] of Object.entries(breakingAnswers)) {
    const broken = lintAnswer(change)
    t.true(broken.includes(check), `${check}: ${broken.join()}`)
  }
  t.deepEqual(lintAnswer(nonceOf(128)), [])
  t.deepEqual(lintAnswer(nonceOf(129)), ['e_ocsp_nonce_length'])
})
