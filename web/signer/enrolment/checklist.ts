/** The list of what has to leave the browser after certificates were issued, one row a thing: of enrolment and of renewal alike. */
import { h, type Child } from '../../one_file/dom.ts'
import { saveFile } from '../../one_file/files.ts'
import { both, type Words } from '../../one_file/language.ts'
import { button, askingForm, note, painted, paragraph, slot } from '../../one_file/parts.ts'
import { common, posts } from '../words/common.ts'
import { enrol } from '../words/enrol.ts'
import { unlock } from '../words/unlock.ts'
import { isLogin } from './make.ts'
import type { Issued, Pending } from './pending.ts'
import { secretInput } from './step_passphrase.ts'
import { pkcs12Of, unitFileOf, type Login } from './take.ts'

/** What is opened to be taken. */
export interface Opened {
  readonly logins: readonly Login[]
  readonly passphrase: string
  readonly secret: Uint8Array
}

/** One thing to take, or to do. */
export interface Item {
  readonly name: string
  readonly title: Words
  readonly how: Words
  readonly does: Child
}

/** A file a seat: taken once all are. */
export function isTaken(
  { taken, requests }: Pick<Pending, 'taken' | 'requests'>,
  { name }: Item,
): boolean {
  if (name !== 'p12') return taken.includes(name)
  return requests.filter(isLogin).every(({ seat }) => taken.includes(p12Name(seat)))
}

const p12Name = (seat: string | undefined): string => `p12/${seat ?? ''}`

/** Its row, with its number. */
export function rowOf({ title, how, does }: Item, at: number): HTMLElement {
  return h(
    'li',
    {},
    h('span', { class: 'mark', 'aria-hidden': 'true' }, String(at + 1)),
    h('div', {}, h('strong', {}, title), h('p', { class: 'small' }, how)),
    h('div', { class: 'row' }, does),
  )
}

/** The log-in certificates, a file each. */
export function p12Item(
  pending: Pick<Pending, 'requests' | 'name' | 'role'>,
  with_: Opened & { readonly issued: Issued; readonly taken: (name: string) => void },
): Item {
  const save = async (login: Login, pressed: HTMLButtonElement): Promise<void> => {
    pressed.disabled = true
    await painted()
    const bytes = await pkcs12Of(pending, with_.issued, { login, passphrase: with_.passphrase })
    const seat = login.seat ?? pending.role ?? ''
    saveFile(`${pending.name}-${seat}.p12`, 'application/x-pkcs12', bytes)
    pressed.disabled = false
    with_.taken(p12Name(login.seat))
  }
  const buttons = with_.logins.map((login) => {
    const post = posts[login.seat ?? pending.role ?? ''] ?? both(login.seat ?? '')
    const pressed: HTMLButtonElement = button(
      { zh: enrol.doneP12Save(post.zh).zh, en: enrol.doneP12Save(post.en).en },
      () => void save(login, pressed),
    )
    return pressed
  })
  return { name: 'p12', title: enrol.doneP12, how: enrol.doneP12How, does: buttons }
}

/** How a browser takes them in. */
export function importRow(at: number): HTMLElement {
  const how = [
    [enrol.importWindows, enrol.importWindowsHow],
    [enrol.importFirefox, enrol.importFirefoxHow],
    [enrol.importLinux, enrol.importLinuxHow],
  ] as const
  return h(
    'li',
    {},
    h('span', { class: 'mark', 'aria-hidden': 'true' }, String(at + 1)),
    h(
      'div',
      {},
      h('strong', {}, enrol.doneImport),
      h(
        'dl',
        { class: 'small' },
        ...how.flatMap(([where, words]) => [h('dt', {}, where), h('dd', {}, words)]),
      ),
    ),
  )
}

/** The unit file: what a signer from a disk opens. */
export function unitFileItem(
  pending: Pick<Pending, 'name'> & Parameters<typeof unitFileOf>[0],
  { issued, taken }: { readonly issued: Issued; readonly taken: (name: string) => void },
): Item {
  return {
    name: 'unit-file',
    title: enrol.doneUnitFile,
    how: enrol.doneUnitFileHow,
    does: button(common.save, () => {
      const bytes = unitFileOf(pending, issued, location.origin)
      saveFile(`${pending.name}.unit.json`, 'application/json', bytes)
      taken('unit-file')
    }),
  }
}

/** A page that was closed meanwhile knows no passphrase; `open` throws of a wrong one. */
export function askPassphrase(
  id: string,
  open: (passphrase: string) => Promise<void>,
  lead?: Child,
): HTMLElement {
  const input = secretInput(id, 'current-password')
  const answer = slot()
  const submit = async (): Promise<void> => {
    answer.say(h('p', { class: 'small' }, unlock.opening))
    await painted()
    await open(input.value).catch(() => {
      answer.say(note('bad', paragraph(unlock.wrong)))
    })
  }
  return askingForm(
    () => void submit(),
    lead,
    h('div', { class: 'field' }, h('label', { for: input.id }, enrol.passphraseLabel), input),
    answer,
    h(
      'div',
      { class: 'row' },
      h('button', { type: 'submit', class: 'btn main' }, enrol.resumeOpen),
    ),
  )
}
