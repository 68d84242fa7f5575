/** What is looked at before it is signed: pages, a draft, attachments, a roster, a request's words. From hashed bytes only. */
import {
  preparedPdf,
  readOrderStatement,
  type RequestFile,
  type RequestFiles,
  type SignRequest,
  type StatementOf,
} from '../../../exchange/unit/index.ts'
import { h, type Child } from '../../one_file/dom.ts'
import { hexText, wordList } from '../../one_file/fingerprint.ts'
import { saveFile } from '../../one_file/files.ts'
import { button, note, paragraph, size, urgencyTag } from '../../one_file/parts.ts'
import { sign } from '../words/sign.ts'
import { draftPaper, readDraft } from './draft.ts'
import { factList } from './facts_view.ts'
import { countersignedFacts } from './order_facts.ts'
import { rosterRows, type RosterRow } from './roster.ts'

/** Everything of a request that can be looked at, the main thing first; a folded sheet where the pages come later. */
export function lookedAt(request: SignRequest, files: RequestFiles): HTMLElement {
  const shown = request.files.map((file) => {
    const bytes = files.get(file.sha256)
    return bytes === undefined ? fileNamed(file) : fileShown(request, file, bytes)
  })
  return h('div', { class: 'pages' }, ...(shown.length === 0 ? [folded(request)] : shown))
}

/**
 * Whether all that is signed can be read here: an unknown field of a draft, another roster than the statement's, or characters that
 * turn others round, cannot.
 */
export function isReadable(request: SignRequest, files: RequestFiles): boolean {
  if (holdsUnseen(request)) return false
  return request.files.every(({ as, sha256 }) => {
    const bytes = files.get(sha256)
    if (as === 'draft') return bytes !== undefined && readDraft(bytes) !== undefined
    if (as === 'roster') return bytes !== undefined && rosterOf(request, bytes) !== undefined
    if (as === 'order') return bytes !== undefined && orderOf(bytes) !== undefined
    return true
  })
}

/** No title, name or file name of an honest box holds any (`exchange/draft`, the roster's rules). */
const unseen = /[\p{Cf}\p{Zl}\p{Zp}]/u

/** Beside what a person wrote, who may have written anything. */
function holdsUnseen({ statement, words, files }: SignRequest): boolean {
  const names = files.map(({ name }) => name)
  return unseen.test(JSON.stringify([{ ...statement, opinion: '', reason: '' }, words, names]))
}

function fileShown(request: SignRequest, file: RequestFile, bytes: Uint8Array): Child {
  switch (file.as) {
    case 'pdf':
      return pages(request, bytes)
    case 'draft':
      return draft(file, bytes)
    case 'roster':
      return roster(request, file, bytes)
    case 'requests':
      if (request.act === 'approve-requests') return comparison(request, file)
      return request.act === 'approve-request' ? requestWords(file) : fileNamed(file, bytes)
    case 'order':
      return orderShown(file, bytes)
    case 'attachment':
      return fileNamed(file, bytes)
  }
}

/** What the first officer signed, read from those very bytes. */
function orderShown(file: RequestFile, bytes: Uint8Array): Child {
  const order = orderOf(bytes)
  if (order === undefined) return [note('bad', paragraph(sign.unreadable)), fileNamed(file, bytes)]
  return h('section', { class: 'card stack' }, factList(countersignedFacts(order)))
}

function orderOf(bytes: Uint8Array): StatementOf<'sealbox.order'> | undefined {
  try {
    return readOrderStatement(bytes)
  } catch {
    return undefined
  }
}

/** The browser's own viewer, at page width; a window of its own for whoever wants more room. */
function pages({ seal, words }: SignRequest, bytes: Uint8Array): Child {
  // A seal is shown where it will stand: on the page with the signature, which is the last one.
  const pdf = seal === undefined ? bytes : preparedPdf(seal, bytes)
  const view = seal === undefined ? 'view=FitH' : `page=${String(words.pages ?? 1)}&view=Fit`
  const url = URL.createObjectURL(new Blob([new Uint8Array(pdf)], { type: 'application/pdf' }))
  return [
    h('iframe', { src: `${url}#navpanes=0&${view}`, title: sign.pagesOf }),
    h(
      'p',
      { class: 'small' },
      h('a', { href: url, target: '_blank', rel: 'noopener' }, sign.openPdf),
    ),
  ]
}

function draft(file: RequestFile, bytes: Uint8Array): Child {
  const read = readDraft(bytes)
  // What cannot be shown whole is not to be approved here.
  return read === undefined
    ? [note('bad', paragraph(sign.unreadable)), fileNamed(file, bytes)]
    : draftPaper(read)
}

/** Name and hash of a file that is signed along, with the means to look at it. */
function fileNamed({ name, sha256 }: RequestFile, bytes?: Uint8Array): Child {
  const save =
    bytes &&
    button(sign.saveFile, () => {
      saveFile(name, 'application/octet-stream', new Uint8Array(bytes))
    })
  return h(
    'div',
    { class: 'card row apart' },
    h(
      'div',
      {},
      h('strong', {}, name),
      bytes && h('span', { class: 'small' }, ` ${size(bytes.length)}`),
      h('p', { class: 'hash' }, sha256),
    ),
    save,
  )
}

function roster(request: SignRequest, file: RequestFile, bytes: Uint8Array): Child {
  const rows = rosterOf(request, bytes)
  if (rows === undefined) return [note('bad', paragraph(sign.unreadable)), fileNamed(file, bytes)]
  return h(
    'table',
    { class: 'list' },
    h('caption', { class: 'small' }, sign.units, ' · ', sign.recipients(rows.length)),
    h(
      'tbody',
      {},
      ...rows.map(({ name, uscc }, at) =>
        h(
          'tr',
          {},
          h('td', { class: 'quiet' }, String(at + 1)),
          h('td', {}, h('span', { class: 't' }, name)),
          h('td', { class: 'hash' }, uscc),
        ),
      ),
    ),
  )
}

/** The rows of the roster if they are the very units that the statement names. */
function rosterOf({ statement }: SignRequest, bytes: Uint8Array): RosterRow[] | undefined {
  const rows = rosterRows(bytes)
  const signed = statement !== undefined && 'units' in statement ? statement.units : []
  return rows?.map(({ uscc }) => uscc).join() === signed.join() ? rows : undefined
}

/** The words are of the bytes that were hashed here: what the other side reads out must be the same. */
function requestWords({ sha256 }: RequestFile): Child {
  return h(
    'section',
    { class: 'stack' },
    h('h2', {}, sign.requestWords),
    wordList(sha256, { label: sign.requestWords, large: true }),
    h('p', { class: 'hex' }, hexText(sha256)),
  )
}

/** One of several: its words, and a tick of its own that they were compared. */
function comparison({ statement, words }: SignRequest, { sha256 }: RequestFile): Child {
  const named = statement !== undefined && 'requests' in statement ? statement.requests : []
  const who = named.find(({ request }) => request === sha256)?.who ?? ''
  const name = words.names?.[who] ?? who
  const tick = h('input', { type: 'checkbox', id: `compared-${sha256}`, 'data-compared': true })
  return h(
    'section',
    { class: 'card stack' },
    h('h2', {}, name, ' ', h('span', { class: 'small' }, who)),
    wordList(sha256, { label: sign.requestWords }),
    h('p', { class: 'hex' }, hexText(sha256)),
    h('label', { class: 'tick', for: tick.id }, tick, h('strong', {}, sign.requestSameOf(name))),
  )
}

/** Whether each of several requests has its tick; tells whenever one changes. */
export function watchCompared(told: (all: boolean) => void): void {
  const judge = (): void => {
    const ticks = [...document.querySelectorAll<HTMLInputElement>('input[data-compared]')]
    told(ticks.length > 0 && ticks.every(({ checked }) => checked))
  }
  document.querySelector('main')?.addEventListener('change', judge)
  judge()
}

/** A document whose pages open once it is signed for. */
function folded({ words, act }: SignRequest): HTMLElement {
  const isDocument = act === 'sign-for' || act === 'return'
  return h(
    'div',
    { class: 'paper folded' },
    h(
      'div',
      { class: 'tight' },
      words.urgency !== undefined && h('p', {}, urgencyTag(words.urgency)),
      h('p', { class: 't' }, words.title ?? ''),
      words.issuers !== undefined && h('p', {}, words.issuers.join('　')),
      words.number !== undefined && h('p', {}, words.number),
      isDocument && h('p', { class: 'small' }, sign.afterSigning),
    ),
  )
}
