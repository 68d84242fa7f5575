/** Files instead of a line: a unit file and a sign request are dropped, the signed answer is saved. The same for a page that was served. */
import { fromBase64 } from '../../ca/path/index.ts'
import {
  ExchangeError,
  lastHead,
  readSignRequest,
  unitOfHolder,
  type KnownBox,
  type RequestFiles,
  type Signed,
  type SignRequest,
} from '../../exchange/unit/index.ts'
import type { App } from './app.ts'
import { h, type Child } from '../one_file/dom.ts'
import { dropField, saveFile } from '../one_file/files.ts'
import { minutesField, notLasting } from './home.ts'
import { knownBox } from './identity.ts'
import type { OpenKeys } from './keyring.ts'
import { readMemory } from './memory.ts'
import { button, heading, note, painted, paragraph, slot } from '../one_file/parts.ts'
import { fetchFiles } from './signing/ask.ts'
import { describe } from './signing/describe.ts'
import { forkScreen, isFork } from './signing/fork.ts'
import { restoredPart } from './signing/restored.ts'
import { isReadable } from './signing/looked_at.ts'
import { codeWords, layout, statementCard } from './signing/screen.ts'
import { Refused, signOffline } from './signing/sign.ts'
import { readUnitFile, type UnitFile } from './unit_file.ts'
import { withKey } from './unlock_panel.ts'
import { actDone, actMeans, actNames, disk, fork, sign } from './words/sign.ts'
import { unlock } from './words/unlock.ts'

/** Takes the unit file, then a request. */
export function showDisk(app: App): void {
  const { unitFile } = app
  app.shell.show(
    heading(disk.title),
    h('p', { class: 'sub' }, disk.lead),
    h(
      'div',
      { class: 'two' },
      h(
        'div',
        { class: 'stack' },
        notLasting(app),
        unitFile ? requestDrop(app, unitFile) : unitDrop(app),
      ),
      unitFile ? unitCard(app, unitFile) : h('div'),
    ),
  )
}

function unitDrop(app: App): HTMLElement {
  const trouble = slot()
  const drop = dropField(
    { accept: '.json', title: unlock.dropUnit, how: unlock.dropUnitHow },
    ({ bytes }) => {
      const file = readUnitFile(bytes)
      if (file === undefined) {
        trouble.say(note('bad', paragraph(unlock.notUnitFile)))
        return
      }
      app.unitFile = file
      showDisk(app)
    },
  )
  return h('div', { class: 'stack' }, drop, trouble)
}

function unitCard(app: App, { keyFile, box }: UnitFile): HTMLElement {
  const { heads } = readMemory(app.store, box.id)
  const last = Math.max(0, ...Object.values(heads).map(({ size }) => size))
  return h(
    'section',
    { class: 'card stack' },
    h('h2', {}, disk.unitLoaded(keyFile.owner.name)),
    h('p', { class: 'hash' }, box.id),
    last > 0 && h('p', { class: 'small' }, disk.lastHead(last.toLocaleString('en'))),
    minutesField(app),
    button(disk.otherUnit, () => {
      delete app.unitFile
      app.keyring.lock()
      showDisk(app)
    }),
  )
}

function requestDrop(app: App, unitFile: UnitFile): HTMLElement {
  const trouble = slot()
  const take = async (bytes: Uint8Array): Promise<void> => {
    try {
      const request = readSignRequest(bytes)
      const box = boxOf(app, unitFile)
      if (request.box !== unitFile.box.id) throw foreign()
      if (box === undefined) trouble.say(note('bad', paragraph(fork.otherKey)))
      else {
        const files = await fetchFiles(request)
        app.shell.show(layout(request, files, side(app, { request, files, box })))
      }
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error
      trouble.say(note('bad', paragraph(codeWords(error))))
    }
  }
  const drop = dropField(
    { accept: '.signreq', title: disk.request, how: disk.requestHow },
    ({ bytes }) => void take(bytes),
  )
  return h('div', { class: 'stack' }, drop, trouble)
}

const ownerOf = ({ unitFile }: App) => ({
  owner: unitFile?.keyFile.owner.id ?? '',
  name: unitFile?.keyFile.owner.name ?? '',
})

const foreign = () => new ExchangeError('SIGN_REQUEST_FOREIGN', 'another box')

/** The box as the unit file has it, which was written when the unit enrolled. */
function boxOf({ store }: App, { box }: UnitFile): KnownBox | undefined {
  return knownBox(store, { id: box.id, journalCertificate: fromBase64(box.journalCertificate) })
}

interface Dropped {
  readonly request: SignRequest
  readonly files: RequestFiles
  readonly box: KnownBox
}

function side(app: App, dropped: Dropped): Child {
  const { request, files, box } = dropped
  const needed = { box: box.id, holder: request.holder, unit: unitOfHolder(request.holder) }
  return [
    statementCard(request, { own: ownerOf(app) }),
    h('p', { class: 'small' }, disk.fixed),
    isReadable(request, files)
      ? withKey(app, needed, (opened) => actPart(app, dropped, opened))
      : note('bad', paragraph(sign.unreadable)),
  ]
}

function actPart(app: App, dropped: Dropped, opened: OpenKeys): HTMLElement {
  const { request, box } = dropped
  const answer = slot()
  const go = async (): Promise<void> => {
    press.disabled = true
    answer.say(h('p', { class: 'small' }, sign.signing))
    await painted()
    try {
      const signed = await signOffline({ ...dropped, edit: undefined, store: app.store, opened })
      app.keyring.used()
      app.shell.show(...signedScreen(app, request, signed))
    } catch (error) {
      press.disabled = false
      if (!(error instanceof Refused && error.cause instanceof ExchangeError)) throw error
      // From a file a shorter journal may only be an old request; a fork is none.
      if (isFork(error.cause) && error.cause.code === 'JOURNAL_FORKED') {
        const { request: asked, memory } = error
        const restored = restoredPart(app, asked.box)
        app.shell.show(forkScreen({ request: asked, memory, at: new Date(), restored }))
      } else answer.say(note('bad', paragraph(codeWords(error.cause))), lastSeen(app, box, request))
    }
  }
  const press = button(describe(request, ownerOf(app)).act, () => void go(), 'seal act')
  return h(
    'div',
    { class: 'stack' },
    h('div', { class: 'dock' }, press),
    h('p', { class: 'small' }, actMeans[request.act]),
    answer,
  )
}

/** The number that a request must be asked for with. */
function lastSeen(app: App, box: KnownBox, { holder }: SignRequest): Child {
  const head = lastHead(readMemory(app.store, box.id), holder)
  return head === null
    ? undefined
    : h('p', { class: 'small' }, disk.lastHead(head.size.toLocaleString('en')))
}

function signedScreen(app: App, request: SignRequest, signed: Signed): HTMLElement[] {
  const subject = describe(request).subject
  const name = `${subject === '' ? request.act : subject.slice(0, 60)}.signed`
  const save = (): void => {
    const bytes = new TextEncoder().encode(`${JSON.stringify(signed)}\n`)
    saveFile(name, 'application/json', bytes)
  }
  save()
  return [
    h(
      'section',
      { class: 'card outcome' },
      h('div', { class: 'stamp' }, actDone[request.act]),
      h(
        'div',
        { class: 'stack' },
        heading(subject === '' ? actNames[request.act] : subject),
        paragraph(disk.saved),
        h(
          'div',
          { class: 'row' },
          button(disk.save, save),
          button(
            sign.nextOne,
            () => {
              showDisk(app)
            },
            'main',
          ),
        ),
      ),
    ),
  ]
}
