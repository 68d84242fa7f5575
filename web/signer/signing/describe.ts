/**
 * What is signed, in a clerk's words: read from the statement (or seal) itself; what only the box says is kept apart. Pure: rows
 * of a name and a value, which `facts_view.ts` shows.
 */
import {
  unitOfHolder,
  type OldCertificates,
  type SignRequest,
} from '../../../exchange/unit/index.ts'
import { both, type Words } from '../../one_file/language.ts'
import { posts, profileNames } from '../words/common.ts'
import { reasonNames } from '../words/officer.ts'
import { order as orderSaid } from '../words/order.ts'
import { actNames, countersign, sign } from '../words/sign.ts'
import { orderFacts } from './order_facts.ts'

export type Value =
  | { readonly kind: 'text' | 'strong' | 'hash'; readonly text: Words }
  | { readonly kind: 'names'; readonly names: readonly Listed[] }
  /** A moment, RFC 3339. */
  | { readonly kind: 'moment'; readonly at: string }

/** A name, with the code that the statement has for it. */
export interface Listed {
  readonly name: Words | string
  readonly code?: string
}

export interface Fact {
  readonly name: Words
  readonly value: Value
}

export interface Description {
  /** The act as its button is called. */
  readonly act: Words
  /** What the act is about: a title, a unit, a person. */
  readonly subject: string
  /** Read from what is signed. */
  readonly facts: readonly Fact[]
  /** What the box adds: not part of what is signed. */
  readonly boxSays: readonly Fact[]
}

/** A unit or person by code and name. */
export interface Named {
  readonly owner: string
  readonly name: string
}

type Statement = NonNullable<SignRequest['statement']>

/** Describes a request; names of units are the box's words, their codes the statement's; `own` is known here. */
export function describe(given: SignRequest, own?: Named): Description {
  const names = { ...given.words.names, ...(own && { [own.owner]: own.name }) }
  const request = { ...given, words: { ...given.words, names } }
  const { statement, words } = request
  const about = statement === undefined ? sealFacts(request) : statementFacts(statement, request)
  return {
    act: isCountersigned(request) ? countersign : actNames[request.act],
    subject: subjectOf(request),
    facts: [...about, fact(sign.holder, text(holderName(request)))],
    boxSays: [
      words.certificate === undefined
        ? undefined
        : fact(
            sign.certificateUse,
            text(profileNames[words.certificate.profile] ?? words.certificate.profile),
          ),
      words.kind === undefined ? undefined : fact(sign.kind, text(words.kind)),
      // A dispatch states its number itself.
      words.number === undefined || given.act === 'dispatch'
        ? undefined
        : fact(sign.number, text(words.number)),
      words.issuers === undefined ? undefined : fact(sign.issuers, text(words.issuers.join('、'))),
      words.pages === undefined ? undefined : fact(sign.pages, text(String(words.pages))),
    ].filter((one) => one !== undefined),
  }
}

/** Whether somebody else is the lead organ: then it is 会签. */
export function isCountersigned({ act, statement, words }: SignRequest): boolean {
  if (act !== 'approve' || statement?.type !== 'sealbox.approval') return false
  const [lead] = words.issuers ?? []
  const own = words.names?.[statement.unit]
  return lead !== undefined && own !== undefined && lead !== own
}

function subjectOf({ act, statement, words }: SignRequest): string {
  if (words.title !== undefined) return words.title
  if (words.certificate !== undefined) return words.certificate.subject
  if (statement === undefined) return ''
  if ('who' in statement) return words.names?.[statement.who] ?? statement.who
  if ('id' in statement) return statement.id
  if ('requests' in statement) return String(statement.requests.length)
  return act === 'register' && 'units' in statement ? String(statement.units.length) : ''
}

/** Name and code of whom a statement names. */
function nameOf(names: SignRequest['words']['names'], code: string): string {
  const name = names?.[code]
  return name === undefined || name === code ? code : `${name}（${code}）`
}

function holderName({ holder, words }: SignRequest): Words {
  const unit = unitOfHolder(holder)
  if (unit === undefined) return both(holder.replace(/^person:/, ''))
  const seat = holder.slice(holder.indexOf('/') + 1)
  const post = posts[seat] ?? both(seat)
  const name = words.names?.[unit] ?? unit
  return { zh: `${name} ${post.zh}`, en: `${name}, ${post.en}` }
}

function sealFacts({ seal, holder, words }: SignRequest): Fact[] {
  if (seal === undefined) return []
  return [
    fact(sign.unit, text(nameOf(words.names, unitOfHolder(holder) ?? ''))),
    fact(sign.sealTime, { kind: 'moment', at: seal.at }),
    fact(sign.hash, hash(seal.file)),
  ]
}

function statementFacts(statement: Statement, request: SignRequest): Fact[] {
  const { names } = request.words
  switch (statement.type) {
    case 'sealbox.approval':
      return [
        fact(sign.unit, text(nameOf(names, statement.unit))),
        fact(
          sign.attachments,
          statement.attachments.length === 0
            ? { kind: 'text', text: sign.noAttachments }
            : {
                kind: 'names',
                names: statement.attachments.map(({ fileName: name }) => ({ name })),
              },
        ),
        fact(sign.opinion, text(statement.opinion)),
        fact(sign.hash, hash(statement.approved)),
      ]
    case 'sealbox.dispatch': {
      const { series, year, number } = statement.number
      const listed = (codes: readonly string[]): Value => ({
        kind: 'names',
        names: codes.map((code) => ({ name: names?.[code] ?? code, code })),
      })
      return [
        fact(sign.number, strong(`${series}〔${String(year)}〕${String(number)}号`)),
        fact(sign.main, listed(statement.main)),
        ...(statement.copies.length === 0 ? [] : [fact(sign.copies, listed(statement.copies))]),
        ...(statement.deadline === null
          ? []
          : [fact(sign.deadline, { kind: 'moment', at: statement.deadline })]),
        fact(sign.hash, hash(statement.documentHash)),
      ]
    }
    case 'sealbox.receipt':
      return [
        fact(sign.unit, text(nameOf(names, statement.unit))),
        fact(sign.count, text(String(statement.count))),
        fact(sign.hash, hash(statement.documentHash)),
      ]
    case 'sealbox.return':
      return [
        fact(sign.unit, text(nameOf(names, statement.unit))),
        fact(sign.reason, text(statement.reason)),
        fact(sign.hash, hash(statement.documentHash)),
      ]
    default:
      return officerFacts(statement, request)
  }
}

function officerFacts(statement: Statement, { words }: SignRequest): Fact[] {
  switch (statement.type) {
    case 'sealbox.registration':
      return [fact(sign.hash, hash(statement.roster))]
    case 'sealbox.appointment':
      return [
        fact(sign.who, strong(statement.id)),
        fact(sign.role, text(posts[statement.role] ?? statement.role)),
      ]
    case 'sealbox.code':
      return [
        fact(sign.who, strong(nameOf(words.names, statement.who))),
        ...(statement.old === undefined ? [] : [fact(sign.old, text(oldWords[statement.old]))]),
      ]
    case 'sealbox.enrolment-approvals':
      return [
        fact(sign.who, {
          kind: 'names',
          names: statement.requests.map(({ who }) => ({
            name: words.names?.[who] ?? who,
            code: who,
          })),
        }),
      ]
    case 'sealbox.enrolment-approval':
      return [
        fact(sign.who, strong(nameOf(words.names, statement.who))),
        fact(sign.certificates, {
          kind: 'names',
          names: statement.certificates.map((one) => ({ name: certificateName(one) })),
        }),
        fact(sign.hash, hash(statement.request)),
      ]
    case 'sealbox.enrolment-refusal':
      return [
        fact(sign.who, strong(nameOf(words.names, statement.who))),
        fact(sign.reason, text(statement.reason)),
        fact(sign.hash, hash(statement.request)),
      ]
    case 'sealbox.revocation':
      return [
        ...certificateFacts(statement),
        fact(sign.reason, text(reasonNames[statement.reason] ?? statement.reason)),
        fact(
          sign.invalidityDate,
          statement.invalidityDate === null
            ? { kind: 'text', text: sign.noInvalidityDate }
            : { kind: 'moment', at: statement.invalidityDate },
        ),
      ]
    case 'sealbox.order':
      return orderFacts(statement)
    case 'sealbox.order-withdrawal':
      return [fact(orderSaid.name, hash(statement.order))]
    case 'sealbox.release':
      return certificateFacts(statement)
    default:
      return []
  }
}

const oldWords = {
  keep: sign.oldKeep,
  superseded: sign.oldSuperseded,
  keyCompromise: sign.oldCompromised,
} as const satisfies Record<OldCertificates, Words>
function certificateFacts(of: {
  readonly holder: string
  readonly serial: string
  readonly certificate: string
}): Fact[] {
  return [
    fact(sign.certificateOf, strong(of.holder)),
    fact(sign.serial, hash(of.serial)),
    fact(sign.certificate, hash(of.certificate)),
  ]
}

function certificateName(asked: { readonly profile: string; readonly seat: string | null }): Words {
  const profile = profileNames[asked.profile] ?? both(asked.profile)
  if (asked.seat === null) return profile
  const seat = posts[asked.seat] ?? both(asked.seat)
  return { zh: `${seat.zh}${profile.zh}`, en: `${profile.en} (${seat.en})` }
}

const fact = (name: Words, value: Value): Fact => ({ name, value })
const asWords = (value: Words | string): Words => (typeof value === 'string' ? both(value) : value)
const text = (value: Words | string): Value => ({ kind: 'text', text: asWords(value) })
const strong = (value: string): Value => ({ kind: 'strong', text: both(value) })
const hash = (value: string): Value => ({ kind: 'hash', text: both(value) })
