/** One act, looked at and signed: what will be signed beside its pages, one vermilion button, and what became of it. */
import * as z from 'zod'
import {
  ExchangeError,
  requireAsked,
  type RequestFiles,
  type SignAct,
  type SignRequest,
} from '../../../exchange/unit/index.ts'
import type { Api } from '../api.ts'
import type { App } from '../app.ts'
import { h, type Child } from '../../one_file/dom.ts'
import { knownBox, type Identity } from '../identity.ts'
import type { OpenKeys } from '../keyring.ts'
import { readMemory } from '../memory.ts'
import { button, heading, note, painted, paragraph, slot } from '../../one_file/parts.ts'
import { problemWords, refusal } from '../refusals.ts'
import { withKey } from '../unlock_panel.ts'
import { common } from '../words/common.ts'
import { actMeans, actNames, fork, sign } from '../words/sign.ts'
import { askRequest, FetchFailed, fetchFiles } from './ask.ts'
import { describe, type Named } from './describe.ts'
import { editOf, firstQuery, type Edit } from './edits.ts'
import { factList } from './facts_view.ts'
import { forkScreen, isFork } from './fork.ts'
import { restoredPart } from './restored.ts'
import { isReadable, lookedAt, watchCompared } from './looked_at.ts'
import { deliver } from './outcome.ts'
import { waitingList, whatWaits } from './waiting.ts'
import { Changed, Refused, signOnline, type Looked } from './sign.ts'

interface Online {
  readonly app: App
  readonly api: Api
  readonly who: Identity
  /** What the address asks for. */
  readonly query: URLSearchParams
}

/** Fetches what the address names, shows it, signs it. */
export async function showSigning(online: Online): Promise<void> {
  const { app, api, who, query } = online
  app.shell.show(heading(sign.what), h('p', { class: 'quiet' }, sign.loading))
  const box = knownBox(app.store, who.box)
  if (box === undefined) {
    app.shell.show(
      h(
        'section',
        { class: 'alarm stack', role: 'alert' },
        heading(fork.title),
        paragraph(fork.otherKey),
      ),
    )
    return
  }
  try {
    const memory = readMemory(app.store, box.id)
    const wanted = firstQuery(query)
    const asked = await askRequest(api, wanted, { memory, holder: who.holder })
    if (asked.state !== 'done') throw new FetchFailed(asked)
    const request = asked.value
    requireAsked(request, Object.fromEntries(wanted))
    if (request.holder !== who.holder) throw new FetchFailed(notYours)
    const files = await fetchFiles(request, api)
    const edit = editOf(request)
    const looked = { request, files, box, edit }
    app.shell.show(layout(request, files, side(online, looked)))
  } catch (error) {
    await showImpossible(online, error)
  }
}

const notYours = {
  state: 'refused',
  problem: { status: 409, code: 'SIGN_REQUEST_NOT_YOURS', title: '', instance: '', details: {} },
} as const

/** What is signed beside its pages; on a narrow screen above them. */
export function layout(request: SignRequest, files: RequestFiles, inner: Child): HTMLElement {
  return h(
    'div',
    { class: 'sign' },
    lookedAt(request, files),
    h('aside', { class: 'side stack' }, inner),
  )
}

/** Facts of the statement, and what the box says besides. */
export function statementCard(
  request: SignRequest,
  { edit, own }: { readonly edit?: Edit | undefined; readonly own: Named },
): HTMLElement {
  const { act, subject, facts, boxSays } = describe(request, own)
  return h(
    'section',
    { class: 'card stack' },
    h('div', { class: 'tight' }, heading(sign.youSign(act)), h('p', { class: 'subject' }, subject)),
    edit?.element,
    // What is being written stands in its field.
    factList(facts.filter(({ name }) => edit === undefined || name !== sign[edit.field])),
    boxSays.length > 0 && [h('p', { class: 'small apart' }, sign.boxSays), factList(boxSays)],
  )
}

function side(online: Online, looked: Looked): Child {
  const { app, who } = online
  const { request, files, box } = looked
  const needed = {
    box: box.id,
    holder: request.holder,
    unit: who.role === undefined ? who.owner : undefined,
  }
  return [
    statementCard(request, { edit: looked.edit, own: who }),
    contestedNote(online.api, request),
    isReadable(request, files)
      ? withKey(app, needed, (opened) => actPart(online, looked, opened))
      : note('bad', paragraph(sign.unreadable)),
  ]
}

/** The one button, and what is to be ticked before it where words were compared by telephone. */
function actPart(online: Online, looked: Looked, opened: OpenKeys): HTMLElement {
  const { act } = looked.request
  const answer = slot()
  const press = button(describe(looked.request, online.who).act, () => void go(), 'seal act')
  const tick = h('input', { type: 'checkbox', id: 'compared' })
  const other = h('div', {}, otherAct(looked.request))
  const isCompared = act !== 'approve-request'
  press.disabled = !isCompared
  if (act === 'approve-requests') {
    watchCompared((all) => {
      press.disabled = !all
    })
  }
  tick.addEventListener('change', () => {
    press.disabled = !tick.checked
  })
  const go = async (): Promise<void> => {
    const query = looked.edit ? looked.edit.query(online.query) : online.query
    if (query === undefined) return
    press.disabled = true
    // Once it is signed, its opposite is no choice any more.
    other.hidden = true
    answer.say(h('p', { class: 'small' }, sign.signing))
    await painted()
    try {
      const { app, api } = online
      const signed = await signOnline({ ...looked, store: app.store, opened, api, query })
      app.keyring.used()
      await deliver(online, { signed, request: looked.request, say: answer.say })
    } catch (error) {
      press.disabled = false
      other.hidden = false
      explain(online, error, answer.say)
    }
  }
  return h(
    'div',
    { class: 'stack' },
    !isCompared &&
      h('label', { class: 'tick card', for: tick.id }, tick, h('strong', {}, sign.requestSame)),
    h('div', { class: 'dock' }, press),
    h('p', { class: 'small' }, actMeans[act]),
    answer,
    other,
  )
}

/** The opposite of what is asked for, where there is one. */
function otherAct({ act, statement }: SignRequest): Child {
  const link = (other: SignAct, about: Record<string, string>): Child => {
    const query = new URLSearchParams({ act: other, ...about }).toString()
    return h('p', { class: 'small' }, sign.rather, h('a', { href: `#${query}` }, actNames[other]))
  }
  if (act === 'approve-request' && statement !== undefined && 'request' in statement) {
    return link('refuse-request', { request: statement.request })
  }
  if (act === 'sign-for' && statement !== undefined && 'document' in statement) {
    return link('return', { document: statement.document })
  }
  return undefined
}

/** Of an enrolment: whether somebody else tried the same code. */
function contestedNote(api: Api, { act, statement }: SignRequest): HTMLElement | undefined {
  if (act !== 'approve-request' || statement === undefined || !('request' in statement)) {
    return undefined
  }
  const place = slot()
  void api.get(`/api/v1/requests/${statement.request}`, contestedShape).then((found) => {
    const isContested = found.state === 'done' && found.value.contested !== undefined
    if (isContested) place.say(note('bad', paragraph(sign.contested)))
  })
  return place
}

const contestedShape = z.looseObject({ contested: z.string().optional() })

/** What went wrong before anything was sent. */
function explain(
  online: Online,
  error: unknown,
  say: (...children: readonly Child[]) => void,
): void {
  const { app } = online
  const lookAgain = button(sign.look, () => void showSigning(online))
  if (error instanceof Refused && error.cause instanceof ExchangeError) {
    if (isFork(error.cause)) {
      const { request, memory } = error
      const restored = restoredPart(app, request.box)
      app.shell.show(forkScreen({ request, memory, at: new Date(), restored }))
    } else say(note('bad', paragraph(codeWords(error.cause))), lookAgain)
  } else if (error instanceof Changed) {
    say(note('warn', paragraph(sign.changed)), lookAgain)
  } else if (error instanceof FetchFailed) {
    say(refusal(error.answer), lookAgain)
  } else {
    say(note('bad', paragraph(common.unexpected)), lookAgain)
    console.error(error)
  }
}

export const codeWords = ({ code }: ExchangeError) =>
  problemWords({ status: 0, code, title: '', instance: '', details: {} })

/** Whom a code is wanted for has enrolled: the officer has to say that it is for enrolling anew, and how. */
function oldChoice(query: URLSearchParams, error: unknown): Child {
  const isEnrolled =
    query.get('act') === 'issue-code' &&
    error instanceof FetchFailed &&
    error.answer.state === 'refused' &&
    error.answer.problem.code === 'ENROLMENT_DONE'
  if (!isEnrolled) return undefined
  const rows = [
    ['keep', sign.oldKeep],
    ['superseded', sign.oldSuperseded],
    ['keyCompromise', sign.oldCompromised],
  ] as const
  const link = (old: string): string => {
    const asked = new URLSearchParams(query)
    asked.set('old', old)
    return `#${asked.toString()}`
  }
  return h(
    'section',
    { class: 'card stack' },
    paragraph(sign.oldAsk),
    h('ul', {}, ...rows.map(([old, words]) => h('li', {}, h('a', { href: link(old) }, words)))),
  )
}

/** The box, or the request itself, says that it cannot be done now; and what can. */
async function showImpossible({ app, api, who, query }: Online, error: unknown): Promise<void> {
  if (!(error instanceof FetchFailed) && !(error instanceof ExchangeError)) throw error
  const said =
    error instanceof FetchFailed ? refusal(error.answer) : note('bad', paragraph(codeWords(error)))
  const isOther =
    error instanceof FetchFailed &&
    error.answer.state === 'refused' &&
    /NOT_YOURS|NOT_PERMITTED|ROLE_WRONG/.test(error.answer.problem.code)
  const possible = h('div', { class: 'stack' }, oldChoice(query, error))
  app.shell.show(
    h(
      'div',
      { class: 'stack' },
      heading(sign.impossible),
      said,
      isOther &&
        h('p', { class: 'sub' }, sign.notYours, ' ', who.name, who.post && [' · ', who.post]),
      possible,
    ),
  )
  const waits = await whatWaits(api, who)
  if (waits.state !== 'done' || waits.value.length === 0) return
  possible.append(h('h2', {}, sign.possible), waitingList(waits.value, new Date()))
}
