/**
 * What each extension of a certificate says, in words (RFC 5280 4.2, RFC 6960 4.2.2.2.1, RFC 9608). An extension that is not in the table,
 * or that cannot be read, has no words: its octets are shown. Pure.
 */
import {
  children,
  oids,
  readDer,
  readGeneralizedTime,
  readNamedBits,
  readObjectIdentifier,
  sequenceOf,
  toHex,
  type Certificate,
  type GeneralName,
  type Node,
} from '../../../ca/path/index.ts'
import { html, type Content } from '../../html.ts'
import type { View } from '../../view.ts'
import { oidWords } from '../oid_names.ts'

export interface ExtensionShown {
  readonly oid: string
  /** What it is called, else its identifier. */
  readonly name: string
  readonly isCritical: boolean
  /** What it says; undefined where it cannot be told. */
  readonly words: Content | undefined
  /** Its value, DER in hexadecimal. */
  readonly raw: string
}

/** All extensions in the order of the certificate. */
export function extensionsShown(view: View, certificate: Certificate): ExtensionShown[] {
  return [...certificate.extensions].map(([oid, { critical, value }]) => ({
    oid,
    name: oidWords(view, oid) ?? oid,
    isCritical: critical,
    words: readOr(() => table[oid]?.({ view, certificate, value: readDer(value) })),
    raw: toHex(value),
  }))
}

interface Told {
  readonly view: View
  readonly certificate: Certificate
  readonly value: Node
}

type Teller = (told: Told) => Content

const table: Readonly<Record<string, Teller>> = {
  [oids.basicConstraints]: ({ view: { w }, certificate: { basicConstraints } }) => {
    const { isCa = false, pathLength } = basicConstraints ?? {}
    if (!isCa) return w('不是签发机构，不能再签发证书', 'No authority: it certifies nobody')
    if (pathLength === undefined) return w('签发机构', 'An authority')
    return pathLength === 0
      ? w('签发机构，下面不再设机构', 'An authority, with no other below it')
      : w(
          `签发机构，下面至多 ${String(pathLength)} 级机构`,
          `An authority, with at most ${String(pathLength)} level of authorities below it`,
        )
  },
  [oids.keyUsage]: ({ view, value }) =>
    listed(
      view,
      readNamedBits(value, 'keyUsage').map((bit) => keyUsageWords(view, bit)),
    ),
  [oids.extendedKeyUsage]: ({ view, certificate }) =>
    listed(
      view,
      (certificate.extendedKeyUsage ?? []).map((oid) => oidWords(view, oid) ?? oid),
    ),
  [oids.certificatePolicies]: ({ view, certificate }) =>
    (certificate.certificatePolicies ?? []).map(
      (oid) => html`<div>${oidWords(view, oid)} <code>${oid}</code></div>`,
    ),
  [oids.subjectKeyIdentifier]: ({ certificate }) =>
    html`<code>${certificate.subjectKeyIdentifier}</code>`,
  [oids.authorityKeyIdentifier]: ({ certificate }) =>
    html`<code>${certificate.authorityKeyIdentifier}</code>`,
  [oids.subjectAltName]: ({ view, certificate }) => names(view, certificate.subjectAltName),
  [oids.privateKeyUsagePeriod]: ({ view, value }) => usagePeriod(view, value),
  [oids.crlDistributionPoints]: ({ value }) =>
    urisIn(value).map((uri) => html`<div><code>${uri}</code></div>`),
  [oids.freshestCrl]: ({ value }) =>
    urisIn(value).map((uri) => html`<div><code>${uri}</code></div>`),
  [oids.authorityInfoAccess]: ({ view, value }) =>
    sequenceOf(value, 'authorityInfoAccess').map((part) => {
      const [method, place] = sequenceOf(part, 'accessDescription')
      const oid = readObjectIdentifier(method, 'accessMethod')
      const uri = place === undefined ? [] : urisIn(place)
      return html`<div>${oidWords(view, oid) ?? oid} <code>${uri.join(' ')}</code></div>`
    }),
  [oids.nameConstraints]: ({ view, certificate }) => constraints(view, certificate),
  [oids.policyConstraints]: ({ view: { w }, certificate: { policyConstraints } }) => {
    const { requireExplicitPolicy: explicit, inhibitPolicyMapping: mapping } =
      policyConstraints ?? {}
    return [
      explicit !== undefined &&
        html`<div>
          ${w(`${String(explicit)} 级之后必须有明确策略`, `An explicit policy is needed after ${String(explicit)} certificates`)}
        </div>`,
      mapping !== undefined &&
        html`<div>
          ${w(`${String(mapping)} 级之后不许策略对应`, `No mapping of policies after ${String(mapping)} certificates`)}
        </div>`,
    ]
  },
  [oids.policyMappings]: ({ certificate }) =>
    certificate.policyMappings.map(
      ({ issuerDomain, subjectDomain }) =>
        html`<div><code>${issuerDomain}</code> = <code>${subjectDomain}</code></div>`,
    ),
  [oids.inhibitAnyPolicy]: ({ view: { w }, certificate: { inhibitAnyPolicy } }) =>
    w(
      `${String(inhibitAnyPolicy)} 级之后“任意策略”不算数`,
      `“Any policy” counts for nothing after ${String(inhibitAnyPolicy)} certificates`,
    ),
  [oids.noRevAvail]: ({ view: { w } }) =>
    w(
      '这张证书的吊销信息从不公布：验证者不查，到期前一直有效，归档后仍可验证（RFC 9608）',
      'No revocation is ever published for it: verifiers ask for none, so that archives stay verifiable (RFC 9608)',
    ),
  [oids.ocspNoCheck]: ({ view: { w } }) =>
    w(
      '验证状态查询结果时，不必再查这张证书的状态（RFC 6960）',
      'Who verifies a status answer need not ask for the status of this certificate (RFC 6960)',
    ),
}

const keyUsageTable: readonly (readonly [zh: string, en: string])[] = [
  ['数字签名', 'digital signatures'],
  ['不可抵赖的签名', 'signatures that bind (non-repudiation)'],
  ['加密密钥', 'encrypting keys'],
  ['加密数据', 'encrypting data'],
  ['密钥协商', 'agreeing on keys'],
  ['签发证书', 'signing certificates'],
  ['签发吊销列表', 'signing revocation lists'],
  ['只加密', 'encipher only'],
  ['只解密', 'decipher only'],
]

function keyUsageWords({ w }: Pick<View, 'w'>, bit: number): string {
  const found = keyUsageTable[bit]
  return found === undefined ? String(bit) : w(...found)
}

const listed = ({ w }: Pick<View, 'w'>, words: readonly string[]): string =>
  words.join(w('、', ', '))

function usagePeriod(view: View, value: Node): string {
  const { w } = view
  const time = (tag: number): Date | undefined => {
    const part = children(value).find((one) => one.tag === tag)
    return part && readGeneralizedTime({ ...part, tag: 0x18 }, 'privateKeyUsagePeriod')
  }
  const [from, to] = [time(0x80), time(0x81)]
  const begin = from === undefined ? '' : view.day(from)
  const end = to === undefined ? '' : view.day(to)
  return w(`${begin} 至 ${end} 之间用它签名`, `It signs from ${begin} to ${end}`)
}

/** Addresses in GeneralNames, at any depth: `[6]` holds one. */
function urisIn(node: Node): string[] {
  if (node.tag === 0x86) return [new TextDecoder().decode(node.contents)]
  return (node.tag & 0x20) === 0 ? [] : children(node).flatMap(urisIn)
}

function names({ w }: View, all: readonly GeneralName[]): Content {
  return all.map((name) => html`<div>${generalNameWords({ w }, name)}</div>`)
}

function generalNameWords({ w }: Pick<View, 'w'>, name: GeneralName): string {
  switch (name.kind) {
    case 'dns':
      return w(`主机 ${name.text}`, `host ${name.text}`)
    case 'rfc822':
      return w(`邮箱 ${name.text}`, `mail ${name.text}`)
    case 'uri':
      return name.text
    case 'directory':
      return name.name.text
    case 'ip':
      return w(`地址 ${addressOf(name.octets)}`, `address ${addressOf(name.octets)}`)
    case 'other':
      return `[${String(name.tag)}] ${toHex(name.raw)}`
  }
}

/** An IPv4 or IPv6 address; with its mask in constraints. */
function addressOf(octets: Uint8Array): string {
  const half = octets.length / 2
  const isRange = octets.length === 8 || octets.length === 32
  if (isRange) return `${addressOf(octets.subarray(0, half))}/${addressOf(octets.subarray(half))}`
  if (octets.length === 4) return octets.join('.')
  return (toHex(octets).match(/.{1,4}/g) ?? []).join(':')
}

function constraints(view: View, { nameConstraints }: Certificate): Content {
  const { w } = view
  const { permitted = [], excluded = [] } = nameConstraints ?? {}
  const line = (words: string, all: readonly GeneralName[]): Content =>
    all.map((name) => html`<div>${words} ${generalNameWords(view, name)}</div>`)
  return [line(w('只许', 'only'), permitted), line(w('不许', 'never'), excluded)]
}

function readOr(read: () => Content | undefined): Content | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
