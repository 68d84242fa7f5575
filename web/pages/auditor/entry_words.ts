/** What each type of journal entry means, in an auditor's words: the table of `docs/audit-events.md` (a test holds them together). Pure. */
import type { Entry, Json, JsonObject } from '../../../ca/index.ts'
import { boxKeyNames, ceremonyKinds, isProfileName, isRevocationReason } from '../../../ca/index.ts'
import {
  orderSchemas,
  paintNumber,
  type DocumentNumber,
  type OrderAct,
} from '../../../exchange/index.ts'
import { messages } from '../../messages.ts'
import type { View } from '../../view.ts'
import { profileWords, reasonWords } from '../certificates/words.ts'
import { ceremonyWords } from '../ceremony/minutes.ts'
import type { HolderNames } from '../holders.ts'
import { actWords, offsetWords } from '../orders/words.ts'
import { postName } from '../shell.ts'
import { holdWords, serviceWords } from '../trust/words.ts'
import { upgradeEndWords } from '../upgrade/words.ts'

/** Chapters of the record. */
export const groups = [
  'documents',
  'enrolment',
  'certificates',
  'grave',
  'refusals',
  'box',
] as const
export type Group = (typeof groups)[number]

const groupTable: Readonly<Record<Group, readonly [string, string]>> = {
  documents: ['公文', 'Documents'],
  enrolment: ['单位与人员', 'Units and people'],
  certificates: ['证书', 'Certificates'],
  grave: ['双人令与仪式', 'Orders and ceremonies'],
  refusals: ['拒绝', 'Refusals'],
  box: ['本机', 'The box'],
}

export function groupWords({ w }: Pick<View, 'w'>, group: Group): string {
  return w(...groupTable[group])
}

/** What a detail is written with. */
interface Told {
  readonly view: View
  readonly entry: Entry
  readonly names: HolderNames
}

interface Words {
  readonly group: Group
  readonly zh: string
  readonly en: string
  /** What is special about this entry, short; empty if nothing is. */
  readonly detail?: (told: Told) => string
}

/** A member of the entry's data, by path, as text; empty if it is not there. */
/** How many a timestamp of the archive covers, and until when. */
function stampedCount({ view, entry }: Told): string {
  const until = view.day(new Date(member(entry, 'validUntil')))
  const count = member(entry, 'count')
  return view.w(`${count} 件，有效至 ${until}`, `${count}, good until ${until}`)
}

function member({ data }: Entry, ...path: readonly string[]): string {
  let value: Json | undefined = data
  for (const name of path) value = isObject(value) ? value[name] : undefined
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function count({ data }: Entry, name: string): number {
  const value = data[name]
  return Array.isArray(value) ? value.length : 0
}

const role = ({ view, entry }: Told): string => postName(view, member(entry, 'role'))

function certificate({ view, entry, names }: Told): string {
  const profile = member(entry, 'profile')
  const what = isProfileName(profile) ? profileWords(view, profile) : profile
  const until = member(entry, 'notAfter')
  const end = until === '' ? '' : view.w(`，至 ${view.day(until)}`, `, until ${view.day(until)}`)
  return `${what} · ${names(member(entry, 'holder'))}${end}`
}

function reason({ view, entry }: Told): string {
  const name = member(entry, 'reason')
  return isRevocationReason(name) ? reasonWords(view, name) : name
}

function refusal({ view, entry }: Told): string {
  const code = member(entry, 'code')
  const known = Object.hasOwn(messages, code) ? messages[code as keyof typeof messages] : undefined
  return known === undefined ? code : known[view.language]
}

function drawn({ entry }: Told): string {
  const { number } = entry.data as { readonly number?: DocumentNumber }
  return number === undefined ? '' : paintNumber(number)
}

/** What was ordered. */
function act({ view, entry }: Told): string {
  const name = member(entry, 'act')
  return Object.hasOwn(orderSchemas, name) ? actWords(view, name as OrderAct) : name
}

function kindWords({ w }: View, kind: string): string {
  const known = ceremonyKinds.find((one) => one === kind)
  if (known === undefined) return kind
  const { zh, en } = ceremonyWords(known)
  return w(zh, en)
}

function service(view: View, entry: Entry): string {
  const role = boxKeyNames.find((one) => one === member(entry, 'role'))
  const generation = Number(member(entry, 'generation'))
  return role === undefined ? member(entry, 'key') : serviceWords(view, { role, generation })
}

const signature = ({ view, entry }: Told): string =>
  `${view.w('级别', 'level')} ${member(entry, 'seal', 'level')}`

function recipients({ view, entry }: Told): string {
  const all = count(entry, 'main') + count(entry, 'copies')
  const deadline = member(entry, 'deadline')
  const until =
    deadline === '' ? '' : view.w(`，期限 ${view.time(deadline)}`, `, by ${view.time(deadline)}`)
  return `${view.w(`${String(all)} 个单位`, `${String(all)} units`)}${until}`
}

const table = {
  'box.created': {
    ...{ group: 'box', zh: '建立本机', en: 'The box was created' },
    detail: ({ entry }) => `${member(entry, 'districtName')} · ${member(entry, 'mode')}`,
  },
  'certificate.issued': {
    ...{ group: 'certificates', zh: '签发证书', en: 'Certificate issued' },
    detail: certificate,
  },
  'service.activated': {
    ...{ group: 'grave', zh: '启用本机密钥', en: 'Key of the box activated' },
    detail: ({ view, entry }) => service(view, entry),
  },
  'certificate.revoked': {
    ...{ group: 'certificates', zh: '吊销证书', en: 'Certificate revoked' },
    detail: reason,
  },
  'revocation.ordered': {
    ...{ group: 'certificates', zh: '签署吊销令', en: 'Revocation ordered under signature' },
  },
  'order.proposed': {
    ...{ group: 'grave', zh: '提出双人令', en: 'Order proposed' },
    detail: act,
  },
  'order.countersigned': {
    ...{ group: 'grave', zh: '会签双人令并执行', en: 'Order countersigned and carried out' },
    detail: act,
  },
  'order.withdrawn': {
    ...{ group: 'grave', zh: '撤回双人令', en: 'Order withdrawn' },
  },
  'upgrade.staged': {
    ...{ group: 'box', zh: '收到升级包', en: 'Upgrade bundle received' },
    detail: ({ entry }) => member(entry, 'version'),
  },
  'upgrade.ordered': {
    ...{ group: 'grave', zh: '下令安装新版本', en: 'New version ordered' },
    detail: ({ entry }) => `${member(entry, 'from')} → ${member(entry, 'version')}`,
  },
  'upgrade.ended': {
    ...{ group: 'grave', zh: '升级结束', en: 'Upgrade ended' },
    detail: ({ view, entry }) =>
      `${member(entry, 'version')} · ${upgradeEndWords(view, member(entry, 'state'))}`,
  },
  'compromise.stated': {
    ...{ group: 'grave', zh: '声明密钥泄露', en: 'Key stated to be compromised' },
    detail: ({ view, entry }) =>
      view.w(`自 ${view.time(member(entry, 'from'))}`, `from ${view.time(member(entry, 'from'))}`),
  },
  'backup.keyed': { group: 'box', zh: '设定备份密钥', en: 'Key of backups set' },
  'backup.stored': {
    ...{ group: 'box', zh: '备份完成', en: 'Backup made' },
    detail: ({ entry }) => member(entry, 'backup').slice(0, 16),
  },
  'backup.scheduled': { group: 'box', zh: '设定备份时间', en: 'Schedule of backups set' },
  'backup.drilled': {
    ...{ group: 'box', zh: '恢复演练', en: 'Restore drilled' },
    detail: ({ view, entry }) =>
      entry.data['passed'] === true ? view.w('通过', 'passed') : view.w('未通过', 'failed'),
  },
  'box.restored': {
    ...{ group: 'grave', zh: '由备份恢复', en: 'Restored from a backup' },
    detail: ({ view, entry }) => view.time(member(entry, 'madeAt')),
  },
  'numbers.restored': {
    ...{ group: 'grave', zh: '恢复时已用过的文号', en: 'Numbers drawn before a restore' },
  },
  'clock.held': {
    ...{
      group: 'grave',
      zh: '时间存疑，暂停加盖时间戳',
      en: 'Clock hold: the time is not certain',
    },
    detail: ({ view, entry }) => holdWords(view, member(entry, 'reason')),
  },
  'clock.confirmed': {
    ...{ group: 'grave', zh: '安全员确认时间', en: 'Time confirmed by officers' },
    detail: ({ view, entry }) =>
      `${view.exact(member(entry, 'time'))} · ${offsetWords(view, Number(member(entry, 'offsetMs')))}`,
  },
  'crl.published': {
    ...{
      group: 'grave',
      zh: '发布离线根的吊销列表',
      en: 'List of the absent root published',
    },
    detail: ({ view, entry }) =>
      view.w(
        `下次更新 ${view.time(member(entry, 'nextUpdate'))}`,
        `next ${view.time(member(entry, 'nextUpdate'))}`,
      ),
  },
  'ceremony.held': {
    ...{ group: 'grave', zh: '举行密钥仪式', en: 'Key ceremony held' },
    detail: ({ view, entry }) => kindWords(view, member(entry, 'kind')),
  },
  'box.rehosted': {
    ...{ group: 'grave', zh: '更换本机的名称或地址', en: 'Box moved to another name or address' },
    detail: ({ entry }) => member(entry, 'pkiUrl'),
  },
  'box.opened': { group: 'grave', zh: '正式机开通', en: 'Box opened by two officers' },
  'certificate.released': {
    ...{ group: 'certificates', zh: '恢复证书', en: 'Certificate released' },
  },
  'release.ordered': {
    ...{ group: 'certificates', zh: '签署恢复令', en: 'Release ordered under signature' },
  },
  'timestamps.granted': {
    ...{ group: 'certificates', zh: '加盖时间戳', en: 'Time-stamps granted' },
    detail: ({ view, entry }) => {
      const { tokens } = entry.data
      const count = String(Array.isArray(tokens) ? tokens.length : 0)
      return view.w(`${count} 个`, count)
    },
  },
  'evidence.stamped': {
    ...{ group: 'certificates', zh: '夜间时间戳', en: 'Night stamped' },
    detail: stampedCount,
  },
  'evidence.renewed': {
    ...{ group: 'certificates', zh: '证据续期', en: 'Evidence renewed' },
    detail: stampedCount,
  },
  'evidence.rehashed': {
    ...{ group: 'certificates', zh: '档案重新散列', en: 'Archive hashed anew' },
    detail: stampedCount,
  },
  'crl.issued': {
    ...{ group: 'certificates', zh: '发布吊销列表', en: 'Revocation list issued' },
    detail: ({ view, entry }) =>
      view.w(
        `下次更新 ${view.time(member(entry, 'nextUpdate'))}`,
        `next ${view.time(member(entry, 'nextUpdate'))}`,
      ),
  },
  'person.appointed': {
    ...{ group: 'enrolment', zh: '签署任命', en: 'Appointed under signature' },
    detail: role,
  },
  'person.registered': {
    ...{ group: 'enrolment', zh: '登记管理人员', en: 'Administrator registered' },
    detail: role,
  },
  'roster.registered': {
    ...{ group: 'enrolment', zh: '登记单位名册', en: 'Roster registered under signature' },
    detail: ({ view, entry }) =>
      view.w(`${member(entry, 'units')} 个单位`, `${member(entry, 'units')} units`),
  },
  'unit.registered': {
    ...{ group: 'enrolment', zh: '登记单位', en: 'Unit registered' },
    detail: ({ entry }) => `${member(entry, 'name')} · ${member(entry, 'agencyCode')}`,
  },
  'seat.created': { group: 'enrolment', zh: '设立岗位', en: 'Seat created' },
  'enrolment.code-issued': {
    ...{ group: 'enrolment', zh: '发放注册码', en: 'Enrolment code given out' },
    detail: ({ view, entry }) =>
      view.w(
        `有效至 ${view.day(member(entry, 'record', 'expires'))}`,
        `good until ${view.day(member(entry, 'record', 'expires'))}`,
      ),
  },
  'enrolment.requested': {
    ...{ group: 'enrolment', zh: '提交注册申请', en: 'Enrolment requested' },
    detail: ({ view, entry }) =>
      view.w(
        `${String(count(entry, 'certificates'))} 张证书`,
        `${String(count(entry, 'certificates'))} certificates`,
      ),
  },
  'enrolment.contested': {
    ...{
      group: 'enrolment',
      zh: '同一注册码出现另外的密钥',
      en: 'Other keys offered under the same code',
    },
  },
  'enrolment.approved': { group: 'enrolment', zh: '批准注册', en: 'Enrolment approved' },
  'enrolment.refused': { group: 'enrolment', zh: '拒绝注册', en: 'Enrolment refused' },
  'enrolment.renewed': {
    ...{ group: 'enrolment', zh: '证书换新', en: 'Certificates renewed' },
    detail: ({ view, entry }) =>
      view.w(
        `${String(count(entry, 'renewed'))} 张证书`,
        `${String(count(entry, 'renewed'))} certificates`,
      ),
  },
  'enrolment.redeemed': { group: 'enrolment', zh: '使用注册码注册', en: 'Enrolled with a code' },
  'document.drafted': {
    ...{ group: 'documents', zh: '拟文送签', en: 'Draft handed on' },
    detail: ({ entry }) => member(entry, 'record', 'urgency'),
  },
  'document.approved': { group: 'documents', zh: '签发', en: 'Approved' },
  'document.numbered': {
    ...{ group: 'documents', zh: '登记编号', en: 'Registered' },
    detail: drawn,
  },
  'document.sealed': { group: 'documents', zh: '用印', en: 'Sealed', detail: signature },
  'document.dispatched': {
    ...{ group: 'documents', zh: '发出', en: 'Dispatched' },
    detail: recipients,
  },
  'document.received': {
    ...{ group: 'documents', zh: '收到（首次打开）', en: 'Received (opened first)' },
  },
  'document.receipted': { group: 'documents', zh: '签收', en: 'Signed for' },
  'document.returned': { group: 'documents', zh: '退文', en: 'Returned' },
  'upload.refused': {
    ...{ group: 'refusals', zh: '病毒检查拒收文件', en: 'Upload refused by the virus check' },
    detail: ({ entry }) => member(entry, 'code'),
  },
  'signatures.installed': {
    ...{ group: 'box', zh: '更新病毒库', en: 'Virus signatures installed' },
  },
  'monitoring.configured': {
    ...{ group: 'grave', zh: '设定告警去向', en: 'Set who is told of alarms' },
  },
  'state.stated': { group: 'box', zh: '每日状况声明', en: 'Statement of the day’s state' },
  'act.refused': {
    ...{ group: 'refusals', zh: '拒绝办理', en: 'Refused' },
    detail: refusal,
  },
} as const satisfies Record<string, Words>

export type EntryType = keyof typeof table

/** Types of entries, in the order of the table. */
export const entryTypes = Object.keys(table) as EntryType[]

export function isEntryType(type: string): type is EntryType {
  return Object.hasOwn(table, type)
}

const wordsOf = (type: EntryType): Words => table[type]

/** What a type is called; one that is not in the table by its own name. */
export function typeWords({ w }: Pick<View, 'w'>, type: string): string {
  if (!isEntryType(type)) return type
  const { zh, en } = wordsOf(type)
  return w(zh, en)
}

export function groupOf(type: string): Group {
  return isEntryType(type) ? wordsOf(type).group : 'box'
}

export function typesOf(group: Group): EntryType[] {
  return entryTypes.filter((type) => wordsOf(type).group === group)
}

/** What is special about an entry; empty if nothing is. */
export function detailWords(told: Told): string {
  const { type } = told.entry
  return isEntryType(type) ? (wordsOf(type).detail?.(told) ?? '') : ''
}

/** What an entry was done to, as people name it. */
export function subjectWords(subject: string, names: HolderNames): string {
  const [kind = ''] = subject.split(':')
  if (kind === 'seat' || kind === 'unit' || kind === 'person') return names(subject)
  return subject
}
