/**
 * `sealbox requests`: an officer sees who waits, with the words to compare by telephone; approves one or several, or refuses; and
 * gives out a further code, also to who enrolled before and lost the keys.
 */
import { maxApprovals, oldCertificates, type OldCertificates } from '../../exchange/index.ts'
import type { ListedRequest, WholeRequest } from '../../provisioning/index.ts'
import { ApplianceError } from '../errors.ts'
import {
  approveEnrolment,
  approveEnrolments,
  issueCode,
  refuseEnrolment,
  requests,
  type OfficerOptions,
} from '../unit/officer.ts'
import { options, required, say } from './options.ts'
import { seatOptions, seatOptionsFrom } from './seat_options.ts'
import { meant } from './short_name.ts'
import { wordLines } from '../unit/word_lines.ts'

interface Given {
  readonly officer: OfficerOptions
  /** A request, or for whom a code is. */
  readonly subject: string | undefined
  readonly subjects: readonly string[]
  readonly old: string | undefined
  readonly reason: string | undefined
  readonly all: boolean
}

const verbs: Readonly<Record<string, (given: Given) => Promise<void>>> = {
  list: async ({ officer, all }) => {
    const rows = await requests(officer)
    const shown = all ? rows : rows.filter(({ state }) => state === 'waiting')
    for (const row of shown) list(row)
    if (shown.length === 0) say('没有等待批准的申请。 No request waits.')
  },
  approve: async ({ officer, subject, subjects }) => {
    if (subjects.length > 1) {
      await approveSeveral(officer, subjects)
      return
    }
    const whole = await approveEnrolment(officer, await idOf(officer, subject))
    say(`已批准 approved: ${wordsOf(whole)}`)
  },
  refuse: async ({ officer, subject, reason }) => {
    const why = required(reason, '--reason')
    const whole = await refuseEnrolment(officer, await idOf(officer, subject), why)
    say(`已拒绝，注册码作废 refused, its code is void: ${wordsOf(whole)}`)
  },
  'issue-code': async ({ officer, subject, old }) => {
    const { code } = await issueCode(officer, required(subject, 'for whom'), oldFrom(old))
    say(code)
  },
}

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, {
    ...seatOptions,
    reason: { type: 'string' },
    old: { type: 'string' },
    all: { type: 'boolean' },
  })
  const [name = 'list', ...subjects] = positionals
  const [subject] = subjects
  const verb = verbs[name]
  if (verb === undefined) {
    throw new ApplianceError('USAGE', `requests takes one of: ${Object.keys(verbs).join(', ')}`)
  }
  const officer = await seatOptionsFrom(values, 'self')
  try {
    const { reason, old, all = false } = values
    await verb({ officer, subject, subjects, reason, old, all })
  } finally {
    officer.client.close()
  }
  return 0
}

/** One signature for all that fit into it; says of each what became of it. What is decided keeps nothing else waiting. */
async function approveSeveral(officer: OfficerOptions, given: readonly string[]): Promise<void> {
  const waiting = waitingIds(await requests(officer))
  const ids = [...new Set(given.map((text) => fullId(text) ?? meant(text, waiting)))]
  const open = ids.filter((id) => waiting.includes(id))
  const others = ids.filter((id) => !open.includes(id))
  for (const id of others) say(`未批准 not approved: ${id}  没有在等待 it does not wait`)
  const batches = Array.from({ length: Math.ceil(open.length / maxApprovals) }, (_, at) =>
    open.slice(at * maxApprovals, (at + 1) * maxApprovals),
  )
  let refusals = others.length
  for (const batch of batches) {
    const { approved, refused } = await approveEnrolments(officer, batch)
    for (const id of approved) say(`已批准 approved: ${id}`)
    for (const { request, code } of refused) say(`未批准 not approved: ${request}  ${code}`)
    refusals += refused.length
  }
  if (refusals > 0) {
    const [left, all] = [String(refusals), String(ids.length)]
    throw new ApplianceError(
      'BOX_REFUSED',
      `${all} 份申请中 ${left} 份未批准 ${left} of ${all} not approved`,
    )
  }
}

function oldFrom(text: string | undefined): OldCertificates | undefined {
  const old = oldCertificates.find((known) => known === text)
  if (text !== undefined && old === undefined) {
    throw new ApplianceError('USAGE', `--old takes one of: ${oldCertificates.join(', ')}`)
  }
  return old
}

function list(row: ListedRequest): void {
  const { state, expires, waiting } = row
  if (waiting === undefined) {
    say(`${state.padEnd(9)} ${wordsOf(row)}  ${expires}`)
    return
  }
  say(wordsOf(row))
  say(`  申请编号 request  ${waiting.id}`)
  say(`  提出时间 since    ${waiting.since}`)
  if (waiting.contested !== undefined) {
    say(
      `  ！另有人用同一注册码提交过别的密钥 other keys were offered with this code: ${waiting.contested}`,
    )
  }
  for (const line of wordLines(waiting.id)) say(line)
  say('')
}

function wordsOf({ who, name, role }: ListedRequest | WholeRequest): string {
  return role === undefined ? `${who}  ${name}` : `${who}  ${role}`
}

/** A request by its whole name, or the one that waits whose name begins so. */
async function idOf(officer: OfficerOptions, given: string | undefined): Promise<string> {
  const text = required(given, 'the request')
  return fullId(text) ?? meant(text, waitingIds(await requests(officer)))
}

function fullId(given: string): string | undefined {
  const text = given.toLowerCase()
  return /^[0-9a-f]{64}$/.test(text) ? text : undefined
}

function waitingIds(rows: readonly ListedRequest[]): string[] {
  return rows.flatMap(({ waiting }) => (waiting === undefined ? [] : [waiting.id]))
}
