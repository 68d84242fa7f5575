/**
 * Checks of a CRL before it is signed (RFC 5280 5), by zlint's names where it has one. Pure. The head of a list and its entries are
 * checked apart, so that who builds a long list can check each entry as it is written and never holds up the event loop.
 */
import { equal, toHex } from '../../bytes.ts'
import {
  readDer,
  readGeneralizedTime,
  readInteger,
  readTime,
  sequenceOf,
  type Node,
} from '../../der/read.ts'
import { oids } from '../../oids.ts'
import { linterOf, type Checks } from './check.ts'
import { uriChecks } from './general_names.ts'
import { partsOf } from './extensions.ts'
import { algorithmOf, attempt, extensionsOf, type PlainExtension } from './parts.ts'

/** Reason codes (RFC 5280 5.3.1); 0 is said by saying nothing, 7 is not used. */
const reasonCodes: ReadonlySet<bigint> = new Set([1n, 2n, 3n, 4n, 5n, 6n, 8n, 9n, 10n])
const removeFromCrl = 8n

interface CrlHead {
  readonly version: Node | undefined
  readonly innerAlgorithm: Node | undefined
  readonly outerAlgorithm: Uint8Array
  readonly issuer: Node | undefined
  readonly thisUpdate: Node | undefined
  readonly nextUpdate: Node | undefined
  /** The list of entries as one element; undefined where there is none. */
  readonly entries: Node | undefined
  readonly extensions: readonly PlainExtension[]
  readonly byId: ReadonlyMap<string, PlainExtension>
  readonly issuerName: Uint8Array | undefined
  readonly issuerKey: string | undefined
}

const headChecks: Checks<CrlHead> = {
  e_crl_version_not_2: ({ version }) =>
    version === undefined || attempt(() => readInteger(version, 'version')) !== 1n,
  e_crl_sig_alg_not_match_tbs_sig_alg: ({ innerAlgorithm, outerAlgorithm }) =>
    innerAlgorithm === undefined || !equal(innerAlgorithm.raw, outerAlgorithm),
  e_crl_issuer_empty: ({ issuer }) => issuer === undefined || issuer.contents.length === 0,
  e_crl_issuer_dn_not_subject_of_issuer: ({ issuer, issuerName }) =>
    issuerName !== undefined && issuer !== undefined && !equal(issuer.raw, issuerName),
  // 5.1.2.4 and 5.1.2.5
  e_crl_this_update_unreadable: ({ thisUpdate }) => timeOf(thisUpdate) === undefined,
  e_crl_has_next_update: ({ nextUpdate }) => nextUpdate === undefined,
  e_crl_next_update_not_after_this_update: ({ thisUpdate, nextUpdate }) => {
    const [from, to] = [timeOf(thisUpdate), timeOf(nextUpdate)]
    return from !== undefined && nextUpdate !== undefined && (to === undefined || to <= from)
  },
  e_crl_wrong_time_format_pre2050: ({ thisUpdate, nextUpdate }) =>
    [thisUpdate, nextUpdate].some((one) => isEarlyGeneralizedTime(one)),
  // 5.1.2.6: absent, not empty
  e_crl_empty_revoked_certificates: ({ entries }) => entries?.contents.length === 0,
  // 5.2
  e_crl_ext_duplicate: ({ extensions, byId }) => extensions.length !== byId.size,
  e_crl_has_authority_key_identifier: ({ byId, issuerKey }) => {
    const key = keyIdentifier(byId)
    return key === undefined || (issuerKey !== undefined && key !== issuerKey)
  },
  e_crl_authority_key_identifier_critical: ({ byId }) =>
    byId.get(oids.authorityKeyIdentifier)?.critical === true,
  e_crl_missing_crl_number: ({ byId }) => numberIn(byId, oids.crlNumber) === undefined,
  e_crl_number_critical: ({ byId }) => byId.get(oids.crlNumber)?.critical === true,
  e_crl_number_out_of_bounds: ({ byId }) => {
    const number = numberIn(byId, oids.crlNumber) ?? 0n
    return number < 0n || number >= 2n ** 159n
  },
  e_crl_delta_indicator_not_critical: ({ byId }) =>
    byId.get(oids.deltaCrlIndicator)?.critical === false,
  e_crl_delta_base_not_before_number: ({ byId }) => {
    const [base, number] = [numberIn(byId, oids.deltaCrlIndicator), numberIn(byId, oids.crlNumber)]
    return base !== undefined && number !== undefined && base >= number
  },
  e_crl_idp_not_critical: ({ byId }) => byId.get(oids.issuingDistributionPoint)?.critical === false,
  e_crl_idp_empty: ({ byId }) =>
    elementIn(byId, oids.issuingDistributionPoint)?.contents.length === 0,
  e_crl_idp_uri_invalid: ({ byId }) =>
    partsOf(elementIn(byId, oids.issuingDistributionPoint))
      .filter(({ tag }) => tag === 0xa0)
      .flatMap(partsOf)
      .flatMap((name) => (name.tag === 0xa0 ? partsOf(name) : []))
      .some(({ tag, contents }) => tag === 0x86 && uriChecks(contents, 'uri').length > 0),
}

interface CrlEntry {
  readonly serial: Node | undefined
  readonly revocationDate: Date | undefined
  readonly dateNode: Node | undefined
  readonly thisUpdate: Date | undefined
  readonly isDelta: boolean
  readonly hasEmptyExtensions: boolean
  readonly extensions: readonly PlainExtension[]
  readonly byId: ReadonlyMap<string, PlainExtension>
}

const entryChecks: Checks<CrlEntry> = {
  e_crl_entry_serial_not_positive: ({ serial }) =>
    serial?.tag !== 0x02 || serial.contents.length > 20 || (serial.contents[0] ?? 0) > 0x7f,
  e_crl_revocation_time_unreadable: ({ revocationDate }) => revocationDate === undefined,
  e_crl_wrong_time_format_pre2050: ({ dateNode }) => isEarlyGeneralizedTime(dateNode),
  e_crl_revocation_time_after_this_update: ({ revocationDate, thisUpdate }) =>
    revocationDate !== undefined && thisUpdate !== undefined && revocationDate > thisUpdate,
  e_crl_entry_extensions_empty: ({ hasEmptyExtensions }) => hasEmptyExtensions,
  e_crl_entry_ext_duplicate: ({ extensions, byId }) => extensions.length !== byId.size,
  // 5.3.1: unspecified is said by saying nothing.
  e_crl_has_valid_reason_code: ({ byId }) =>
    byId.has(oids.reasonCode) && !reasonCodes.has(reasonIn(byId) ?? -1n),
  e_crl_remove_from_full: ({ byId, isDelta }) => !isDelta && reasonIn(byId) === removeFromCrl,
  e_crl_reason_code_critical: ({ byId }) => byId.get(oids.reasonCode)?.critical === true,
  e_crl_invalidity_date_unreadable: ({ byId }) => {
    const value = elementIn(byId, oids.invalidityDate)
    const isGood = value && attempt(() => readGeneralizedTime(value, 'invalidityDate'))
    return byId.has(oids.invalidityDate) && isGood === undefined
  },
  e_crl_invalidity_date_critical: ({ byId }) => byId.get(oids.invalidityDate)?.critical === true,
  e_crl_certificate_issuer_not_critical: ({ byId }) =>
    byId.get(oids.certificateIssuer)?.critical === false,
}

const lintHead = linterOf(headChecks)
const lintEntry = linterOf(entryChecks)

/** Names of the checks of lists. */
export const crlCheckNames: readonly string[] = [
  'e_crl_not_strict_der',
  ...new Set([...Object.keys(headChecks), ...Object.keys(entryChecks)]),
  'e_crl_serial_repeated',
]

export interface CrlLintInput {
  /** TBSCertList, DER. */
  readonly tbs: Uint8Array
  /** AlgorithmIdentifier that will stand outside, DER. */
  readonly signatureAlgorithm: Uint8Array
  /** What the list's name and key must be. */
  readonly issuer?: {
    readonly subject: Uint8Array
    readonly subjectKeyIdentifier: string | undefined
  }
}

/** Names of all checks that object to a list and its entries; reads every entry, about 4 µs each. */
export function brokenCrlChecks(input: CrlLintInput): string[] {
  const head = attempt(() => readHead(input))
  const entries = head && attempt(() => (head.entries ? sequenceOf(head.entries, 'entries') : []))
  if (!head || !entries) return ['e_crl_not_strict_der']
  const thisUpdate = timeOf(head.thisUpdate)
  const isDelta = head.byId.has(oids.deltaCrlIndicator)
  const seen = new Set<string>()
  const broken = new Set(lintHead(head))
  for (const { raw } of entries) {
    for (const name of brokenEntryChecks(raw, { thisUpdate, isDelta })) broken.add(name)
    const serial = serialOf(raw)
    if (seen.has(serial)) broken.add('e_crl_serial_repeated')
    seen.add(serial)
  }
  return [...broken]
}

/** CRL number (RFC 5280 5.2.3) of a TBSCertList; undefined where it has none or is none. */
export function crlNumberOf(tbs: Uint8Array): bigint | undefined {
  const head = attempt(() => readHead({ tbs, signatureAlgorithm: new Uint8Array() }))
  return head && numberIn(head.byId, oids.crlNumber)
}

/** As `brokenCrlChecks`, for the head alone: who builds a long list checks its entries while writing them. */
export function brokenCrlHeadChecks(input: CrlLintInput): string[] {
  const head = attempt(() => readHead(input))
  return head ? lintHead(head) : ['e_crl_not_strict_der']
}

/** Names of the checks that object to one entry, DER. */
export function brokenEntryChecks(
  entry: Uint8Array,
  of: { readonly thisUpdate: Date | undefined; readonly isDelta: boolean },
): string[] {
  const read = attempt(() => readEntry(entry))
  return read ? lintEntry({ ...read, ...of }) : ['e_crl_not_strict_der']
}

function readHead({ tbs, signatureAlgorithm, issuer: signer }: CrlLintInput): CrlHead {
  const fields = sequenceOf(readDer(tbs), 'TBSCertList')
  const version = fields[0]?.tag === 0x02 ? fields.shift() : undefined
  const [innerAlgorithm, issuer, thisUpdate, ...rest] = fields
  algorithmOf(innerAlgorithm)
  const extensionsNode = rest.find(({ tag }) => tag === 0xa0)
  const extensions = extensionsNode ? extensionsOf(partsOf(extensionsNode)[0]) : []
  return {
    ...{ version, innerAlgorithm, issuer, thisUpdate, extensions },
    outerAlgorithm: signatureAlgorithm,
    nextUpdate: rest.find(({ tag }) => tag === 0x17 || tag === 0x18),
    entries: rest.find(({ tag }) => tag === 0x30),
    byId: firstOfEach(extensions),
    issuerName: signer?.subject,
    issuerKey: signer?.subjectKeyIdentifier,
  }
}

function readEntry(bytes: Uint8Array): Omit<CrlEntry, 'thisUpdate' | 'isDelta'> {
  const [serial, dateNode, extensionsNode] = sequenceOf(readDer(bytes), 'entry')
  const extensions = extensionsNode ? extensionsOf(extensionsNode) : []
  return {
    ...{ serial, dateNode, extensions },
    revocationDate: timeOf(dateNode),
    hasEmptyExtensions: extensionsNode !== undefined && extensions.length === 0,
    byId: firstOfEach(extensions),
  }
}

function firstOfEach(extensions: readonly PlainExtension[]): Map<string, PlainExtension> {
  return new Map(extensions.toReversed().map((one) => [one.id, one]))
}

function serialOf(entry: Uint8Array): string {
  const [serial] = partsOf(attempt(() => readDer(entry)))
  return toHex(serial?.contents ?? new Uint8Array())
}

function elementIn(byId: ReadonlyMap<string, PlainExtension>, id: string): Node | undefined {
  const found = byId.get(id)
  return found && attempt(() => readDer(found.value))
}

function numberIn(byId: ReadonlyMap<string, PlainExtension>, id: string): bigint | undefined {
  const value = elementIn(byId, id)
  return value && attempt(() => readInteger(value, 'number'))
}

function reasonIn(byId: ReadonlyMap<string, PlainExtension>): bigint | undefined {
  const value = elementIn(byId, oids.reasonCode)
  if (value?.tag !== 0x0a) return undefined
  return attempt(() => readInteger({ ...value, tag: 0x02 }, 'reasonCode'))
}

function keyIdentifier(byId: ReadonlyMap<string, PlainExtension>): string | undefined {
  const found = partsOf(elementIn(byId, oids.authorityKeyIdentifier)).find(
    ({ tag }) => tag === 0x80,
  )
  return found && toHex(found.contents)
}

function timeOf(node: Node | undefined): Date | undefined {
  return node && attempt(() => readTime(node, 'time'))
}

/** 5.1.2.4: UTCTime through 2049. */
function isEarlyGeneralizedTime(node: Node | undefined): boolean {
  return node?.tag === 0x18 && (timeOf(node)?.getUTCFullYear() ?? 9999) < 2050
}
