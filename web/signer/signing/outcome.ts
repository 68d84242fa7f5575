/** After the signature: sent until the box has answered, then the mark of the act, and what waits next. */
import * as z from 'zod'
import type { Signed, SignRequest } from '../../../exchange/unit/index.ts'
import type { Api } from '../api.ts'
import type { App } from '../app.ts'
import { h, type Child } from '../../one_file/dom.ts'
import type { Identity } from '../identity.ts'
import { codeSheetsScreen, givenCodesOf } from '../officer/sheets.ts'
import { pause } from '../pause.ts'
import { button, heading, moment, note, paragraph } from '../../one_file/parts.ts'
import { problemWords, refusal } from '../refusals.ts'
import { actDone, actNames, sign } from '../words/sign.ts'
import { isFinal, pauseSeconds, send } from './outbox.ts'
import { waitingList, whatWaits, type Waiting } from './waiting.ts'

const measuredAnswer = z.object({
  measured: z.object({
    committedMs: z.number(),
    crlMs: z.number(),
    ocspMs: z.number(),
    connectionsClosed: z.number(),
  }),
})

interface Online {
  readonly app: App
  readonly api: Api
  readonly who: Identity
}

/** Sends what was signed, again and again while the line is broken, and shows what became of it. */
export async function deliver(
  online: Online,
  done: {
    readonly signed: Signed
    readonly request: SignRequest
    readonly say: (...children: readonly Child[]) => void
  },
): Promise<void> {
  const { app, api } = online
  const { signed, request, say } = done
  const place = { store: app.store, api, box: request.box, holder: request.holder }
  for (let attempts = 1; ; attempts++) {
    if (attempts === 1) say(h('p', { class: 'small' }, sign.sending))
    const answer = await send(place, signed)
    if (answer.state === 'done') {
      tellDesk(request)
      // The same link on the desk is to be a change again.
      history.replaceState(null, '', location.pathname)
      app.shell.show(...(await doneScreen(online, request, answer.value)))
      return
    }
    if (isFinal(answer)) {
      say(
        refusal(answer),
        button(sign.possible, () => {
          app.go('')
        }),
      )
      return
    }
    await pause(pauseSeconds(attempts), (now) => {
      say(
        note(
          'warn',
          paragraph(sign.lostKept),
          h('div', { class: 'row' }, button(sign.sendNow, now)),
        ),
      )
    })
  }
}

/** The desk's pages load anew on this. */
export function tellDesk({ act, statement, path }: SignRequest): void {
  const document =
    statement !== undefined && 'document' in statement
      ? statement.document
      : /\/documents\/([a-z2-7]{26})\//.exec(path)?.[1]
  const channel = new BroadcastChannel('sealbox')
  channel.postMessage({ done: act, document: document ?? null })
  channel.close()
}

async function doneScreen(
  online: Online,
  request: SignRequest,
  answer: unknown,
): Promise<HTMLElement[]> {
  const { api, who } = online
  const codes = givenCodesOf(answer)
  if (codes.length > 0) return codeSheetsScreen(api, codes)
  const waits = await whatWaits(api, who)
  const items = waits.state === 'done' ? waits.value : []
  return [
    h(
      'section',
      { class: 'card outcome' },
      h('div', { class: 'stamp' }, actDone[request.act], h('small', {}, moment(new Date()))),
      h(
        'div',
        { class: 'stack' },
        heading(request.words.title ?? actNames[request.act]),
        h('p', { class: 'quiet' }, who.name, who.post && [' · ', who.post]),
        measuredLine(answer),
        documentLink(request),
        notApproved(request, answer),
      ),
    ),
    h('div', { class: 'stack after' }, nextUp(online, items)),
  ]
}

const manyShape = z.looseObject({
  refused: z.array(z.object({ request: z.string(), code: z.string() })),
})

/** Of several enrolments those that the box did not take, and why. */
function notApproved({ act, statement, words }: SignRequest, answer: unknown): Child {
  if (act !== 'approve-requests' || statement === undefined || !('requests' in statement)) {
    return undefined
  }
  const refused = manyShape.safeParse(answer).data?.refused ?? []
  if (refused.length === 0) return undefined
  const nameOf = (name: string): string => {
    const who = statement.requests.find(({ request }) => request === name)?.who ?? name
    return words.names?.[who] ?? who
  }
  const problem = { status: 0, title: '', instance: '', details: {} }
  return note(
    'warn',
    paragraph(sign.manyRefused),
    h(
      'ul',
      {},
      ...refused.map(({ request: name, code }) =>
        h('li', {}, nameOf(name), ' ', problemWords({ ...problem, code })),
      ),
    ),
  )
}

/** How fast a revocation or release was seen, as the box measured it. */
function measuredLine(answer: unknown): Child {
  const read = measuredAnswer.safeParse(answer)
  if (!read.success) return undefined
  const { committedMs, crlMs, ocspMs, connectionsClosed } = read.data.measured
  const figures = {
    ...{ access: String(committedMs), list: String(crlMs), status: String(ocspMs) },
    connections: String(connectionsClosed),
  }
  return paragraph(sign.measured(figures))
}

function documentLink({ path }: SignRequest): Child {
  const id = /\/documents\/([a-z2-7]{26})\//.exec(path)?.[1]
  return id === undefined
    ? undefined
    : h('p', {}, h('a', { class: 'btn', href: `/documents/${id}` }, sign.toDocument))
}

/** The most urgent one is one key away. */
function nextUp({ app, who }: Online, items: readonly Waiting[]): Child {
  const [first] = items
  if (first === undefined) {
    return h(
      'p',
      { class: 'empty card' },
      h('strong', {}, who.role === 'officer' ? sign.nothingOfficer : sign.nothing),
    )
  }
  const go = button(
    [sign.nextOne, h('kbd', { 'aria-hidden': 'true' }, 'N')],
    () => {
      app.go(first.hash)
    },
    'main',
  )
  onKey('n', go)
  return [
    h('div', { class: 'row apart' }, h('h2', {}, sign.alsoWaiting), go),
    waitingList(items, new Date()),
  ]
}

/** Presses a button on a key, as long as it is on the page and nobody is typing. */
export function onKey(key: string, pressed: HTMLButtonElement): void {
  const listen = (event: KeyboardEvent): void => {
    if (!pressed.isConnected) {
      removeEventListener('keydown', listen)
      return
    }
    const { target } = event
    const isTyping = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey
    if (isPlain && !isTyping && event.key.toLowerCase() === key) pressed.click()
  }
  // The button is put on the page after this.
  setTimeout(() => {
    addEventListener('keydown', listen)
  }, 0)
}
