/** Step 5: an officer compares the request's words by telephone and approves. Asked every three seconds; a closed page goes on later. */
import { fromBase64 } from '../../../ca/path/index.ts'
import { fill, h } from '../../one_file/dom.ts'
import { hexText, wordList } from '../../one_file/fingerprint.ts'
import { button, moment, note, paragraph, slot } from '../../one_file/parts.ts'
import { refusal } from '../refusals.ts'
import { knownBox } from '../identity.ts'
import { enrol } from '../words/enrol.ts'
import { nameOfRequests } from './make.ts'
import { dropPending, writePending, type Issued, type Pending } from './pending.ts'
import type { Step, StepContext } from './state.ts'
import { redeem } from './step_keys.ts'
import { fits } from './take.ts'

const everyMs = 3000

export function waitStep(step: Extract<Step, { at: 'wait' }>, context: StepContext): HTMLElement {
  const { pending, passphrase } = step
  const request = nameOfRequests(pending.requests)
  const asked = h('p', { class: 'small', role: 'status' })
  const until = h('p', { class: 'small' })
  const trouble = slot()
  const screen = h(
    'div',
    { class: 'stack' },
    paragraph(enrol.waitLead),
    wordList(request, { label: enrol.waitWords, large: true }),
    h('p', { class: 'hex' }, hexText(request)),
    note('info', asked, paragraph(enrol.waitClose), until),
    trouble,
    h('div', { class: 'row' }, giveUp(context)),
  )
  poll(context, pending, {
    isShown: () => screen.isConnected,
    expires: (at) => {
      fill(until, enrol.waitUntil(moment(new Date(at)).slice(0, 10)))
    },
    tell: (time, isLost) => {
      fill(asked, isLost ? enrol.waitLost(time) : enrol.waitAsking(time))
    },
    issued: (issued) => {
      const next = { ...pending, issued }
      const { id, journalCertificate } = pending.box
      // From now on this browser takes no other journal for this box's.
      knownBox(context.app.store, { id, journalCertificate: fromBase64(journalCertificate) })
      writePending(context.app.store, next)
      context.go({ at: 'done', pending: next, issued, ...(passphrase && { passphrase }) })
    },
    stopped: (shown) => {
      trouble.say(shown)
    },
  })
  return screen
}

interface Watching {
  readonly isShown: () => boolean
  readonly expires: (at: string) => void
  readonly tell: (time: string, isLost: boolean) => void
  readonly issued: (issued: Issued) => void
  readonly stopped: (shown: HTMLElement) => void
}

function poll(context: StepContext, pending: Pending, watching: Watching): void {
  let reached = moment(new Date(), true).slice(11)
  const ask = async (): Promise<void> => {
    const answer = await redeem(context, pending)
    if (!watching.isShown()) return
    if (answer.state === 'refused' && !isPassing(answer.problem.status)) {
      watching.stopped(refusal(answer))
      return
    }
    if (answer.state === 'done') {
      reached = moment(new Date(), true).slice(11)
      if ('certificates' in answer.value) {
        await take(pending, answer.value, watching)
        return
      }
      const { request, expires } = answer.value
      if (expires !== undefined) watching.expires(expires)
      if (request !== undefined && request !== nameOfRequests(pending.requests)) {
        watching.stopped(note('bad', paragraph(enrol.waitOther)))
        return
      }
    }
    watching.tell(reached, answer.state !== 'done')
    setTimeout(() => void ask(), everyMs)
  }
  setTimeout(() => void ask(), 0)
}

/** Too many at once, or the box recovers: the same again later. */
const isPassing = (status: number): boolean => status === 429 || status >= 500

async function take(pending: Pending, issued: Issued, watching: Watching): Promise<void> {
  // What cannot even be read does not fit.
  if (await fits(pending, issued).catch(() => false)) watching.issued(issued)
  else watching.stopped(note('bad', paragraph(enrol.notOurs)))
}

function giveUp({ app, go }: StepContext): HTMLElement {
  const place = slot()
  const first = button(enrol.drop, () => {
    place.say(
      note(
        'warn',
        paragraph(enrol.dropSure),
        h(
          'div',
          { class: 'row' },
          button(enrol.drop, () => {
            dropPending(app.store)
            go({ at: 'code' })
          }),
        ),
      ),
    )
  })
  return h('div', { class: 'stack' }, first, place)
}
