/** A journal that does not continue what was signed last: said loudly, with the evidence for the auditor. Nothing was signed. */
import {
  lastHead,
  type ExchangeError,
  type SignerMemory,
  type SignRequest,
} from '../../../exchange/unit/index.ts'
import { h, type Child } from '../../one_file/dom.ts'
import { saveFile } from '../../one_file/files.ts'
import { both } from '../../one_file/language.ts'
import { button, facts, heading, moment, paragraph } from '../../one_file/parts.ts'
import { fork } from '../words/sign.ts'

/** Whether the refusal means that the box's record was altered or taken back: asked for afresh, it cannot be an old request. */
export function isFork({ code }: ExchangeError): boolean {
  return code === 'JOURNAL_FORKED' || code === 'JOURNAL_SHORTER'
}

/** What an auditor needs to prove it: both heads, and the box's own signature over the second. */
export function forkScreen(of: {
  readonly request: SignRequest
  readonly memory: SignerMemory
  readonly at: Date
  /** The way on after a restore that a person was told of. */
  readonly restored: Child
}): HTMLElement {
  const { request, memory, at, restored } = of
  const seen = lastHead(memory, request.holder)
  const evidence = {
    type: 'sealbox-fork-evidence',
    v: 1,
    box: request.box,
    holder: request.holder,
    at: at.toISOString(),
    signedLast: seen,
    shownNow: request.journal,
  }
  const size = /^\S+\n(\d+)\n/.exec(request.journal.checkpoint)?.[1] ?? '?'
  return h(
    'section',
    { class: 'alarm stack', role: 'alert' },
    heading(fork.title),
    paragraph(h('strong', {}, fork.what)),
    paragraph(fork.nothing),
    facts([
      [fork.seen, seen === null ? '0' : both(`${seen.size.toLocaleString('en')} · ${seen.root}`)],
      [fork.shown, `${Number(size).toLocaleString('en')} · ${moment(at)}`],
    ]),
    h('h2', {}, fork.todo),
    h(
      'ol',
      { class: 'todo' },
      h('li', {}, fork.todo1),
      h('li', {}, fork.todo2),
      h('li', {}, fork.todo3),
    ),
    h(
      'div',
      { class: 'row' },
      button(
        fork.save,
        () => {
          const bytes = new TextEncoder().encode(`${JSON.stringify(evidence, null, 2)}\n`)
          saveFile(`fork-${request.box}.json`, 'application/json', bytes)
        },
        'seal',
      ),
    ),
    restored,
  )
}
