/** What certificates, their states and the reasons of revocation are called in a clerk's words. Pure. */
import type { CertificateState, ProfileName, RevocationReason } from '../../../ca/index.ts'
import { readCertificate } from '../../../ca/path/index.ts'
import { html, type Html } from '../../html.ts'
import type { View } from '../../view.ts'
import { commonName } from '../../../exchange/verify/index.ts'

type Words = readonly [zh: string, en: string]

const login: Words = ['登录', 'log-in']
const signing: Words = ['签署', 'signing']

const profileTable: Readonly<Record<ProfileName, Words>> = {
  root: ['根证书', 'root'],
  'root-link': ['根证书换代链接', 'root link'],
  issuing: ['签发机构', 'issuing authority'],
  'tls-server': ['网页服务', 'web service'],
  'seat-client': login,
  'seat-signing': signing,
  'unit-seal': ['印章', 'seal'],
  'officer-client': login,
  'officer-signing': signing,
  'auditor-client': login,
  'auditor-signing': signing,
  'administrator-client': login,
  'administrator-signing': signing,
  timestamping: ['时间戳', 'time-stamping'],
  ocsp: ['状态查询', 'status answers'],
  journal: ['日志', 'journal'],
}

/** What a certificate is for. */
export function profileWords({ w }: Pick<View, 'w'>, profile: ProfileName): string {
  return w(...profileTable[profile])
}

export const useNames = ['login', 'signing', 'seal', 'box'] as const
export type Use = (typeof useNames)[number]

/** Uses that the list can be narrowed to. */
export const uses: Readonly<Record<Use, { words: Words; profiles: readonly ProfileName[] }>> = {
  login: {
    words: ['登录', 'Log-in'],
    profiles: ['seat-client', 'officer-client', 'auditor-client', 'administrator-client'],
  },
  signing: {
    words: ['签署', 'Signing'],
    profiles: ['seat-signing', 'officer-signing', 'auditor-signing', 'administrator-signing'],
  },
  seal: { words: ['印章', 'Seals'], profiles: ['unit-seal'] },
  box: {
    words: ['本机', 'The box'],
    profiles: ['root', 'root-link', 'issuing', 'tls-server', 'timestamping', 'ocsp', 'journal'],
  },
}

/** `ending`: live, but not for long. */
export const states = ['live', 'ending', 'ended', 'held', 'revoked'] as const
export type State = (typeof states)[number]

/** A new one takes an officer, a sheet and a visit: this many days before. */
export const endingDays = 60

export function stateOf(certificate: CertificateState, now: Date): State {
  const { revoked } = certificate
  if (revoked !== undefined) return revoked.reason === 'certificateHold' ? 'held' : 'revoked'
  const left = certificate.notAfter.getTime() - now.getTime()
  if (left < 0) return 'ended'
  return left < endingDays * 86_400_000 ? 'ending' : 'live'
}

const stateTable = {
  live: ['ok', '有效', 'valid'],
  ending: ['w', '将到期', 'ending'],
  ended: ['', '已到期', 'ended'],
  held: ['w', '暂停使用', 'on hold'],
  revoked: ['u2', '已吊销', 'revoked'],
} as const satisfies Record<State, readonly [kind: string, zh: string, en: string]>

export function stateWords({ w }: Pick<View, 'w'>, state: State): string {
  const [, zh, en] = stateTable[state]
  return w(zh, en)
}

export function stateTag(view: Pick<View, 'w'>, state: State): Html {
  return html`<span class="tag ${stateTable[state][0]}">${stateWords(view, state)}</span>`
}

/** Whom it names: the CN of its subject. */
export function subjectName(certificate: CertificateState): string {
  return commonName(readCertificate(certificate.certificate).subject.text)
}

/** Reasons that an officer gives, the usual ones first. */
export const commonReasons = [
  'keyCompromise',
  'certificateHold',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
  'unspecified',
] as const satisfies readonly RevocationReason[]

/** Of authorities: hardly ever right for a certificate of a unit or a person. */
export const rareReasons = [
  'cACompromise',
  'aACompromise',
] as const satisfies readonly RevocationReason[]

const reasonTable: Readonly<Record<RevocationReason, Words>> = {
  unspecified: ['未说明', 'not stated'],
  keyCompromise: ['密钥可能泄露', 'The key may be in other hands'],
  cACompromise: ['签发机构泄露', 'The authority is compromised'],
  affiliationChanged: ['人员或单位变动', 'The person or the unit changed'],
  superseded: ['已换新证书', 'Replaced by another'],
  cessationOfOperation: ['不再使用', 'No longer used'],
  certificateHold: ['暂停使用', 'On hold'],
  privilegeWithdrawn: ['取消资格', 'The right was withdrawn'],
  aACompromise: ['属性机构泄露', 'The attribute authority is compromised'],
}

export function reasonWords({ w }: Pick<View, 'w'>, reason: RevocationReason): string {
  return w(...reasonTable[reason])
}

const meaningTable: Readonly<Record<RevocationReason, Words>> = {
  unspecified: [
    '不说原因。能说清楚的，请选上面的。',
    'No reason is given. Choose one of those above if any fits.',
  ],
  keyCompromise: [
    '电脑、U 盘或口令丢失，或怀疑有人用过。先打电话核实，再立即吊销。',
    'A computer, stick or passphrase is lost, or somebody else may have used it. Telephone first, then revoke at once.',
  ],
  affiliationChanged: [
    '持有人调离，或单位改名、撤并。密钥本身没有问题。',
    'The holder left, or the unit was renamed or merged. The key itself is sound.',
  ],
  superseded: [
    '新证书已经在用，旧的不再需要。',
    'Another certificate is in use; this one is not needed any more.',
  ],
  cessationOfOperation: [
    '岗位或单位不再使用本平台。',
    'The seat or unit does not use this box any more.',
  ],
  privilegeWithdrawn: [
    '持有人不再有资格办理，如被停职。',
    'The holder may not act any more, as after a suspension.',
  ],
  certificateHold: [
    '暂时不让用，查清之后可以恢复。拿不准时先选它。',
    'Not to be used for now; it can be released once the matter is cleared up. The one to choose if in doubt.',
  ],
  cACompromise: [
    '签发机构的密钥泄露。只用于机构证书，要由两名安全员办理。',
    'The key of an authority is in other hands. For certificates of authorities, and by two officers.',
  ],
  aACompromise: [
    '属性证书机构泄露。本机不签发属性证书。',
    'The key of an attribute authority is in other hands. This box has none.',
  ],
}

export function meaningWords({ w }: Pick<View, 'w'>, reason: RevocationReason): string {
  return w(...meaningTable[reason])
}
