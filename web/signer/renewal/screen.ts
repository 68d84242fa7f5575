/**
 * Renewal in one click: the passphrase, the button, and what became of it. A line that breaks is tried again; a page that was closed goes
 * on from what this browser keeps.
 */
import { readUnitSecret } from '../../../provisioning/kit/index.ts'
import type { Api } from '../api.ts'
import type { App } from '../app.ts'
import { h, type Child } from '../../one_file/dom.ts'
import type { Issued } from '../enrolment/pending.ts'
import { secretInput } from '../enrolment/step_passphrase.ts'
import { fits } from '../enrolment/take.ts'
import type { Identity } from '../identity.ts'
import { both, type Words } from '../../one_file/language.ts'
import { pause } from '../pause.ts'
import {
  button,
  askingForm,
  heading,
  moment,
  note,
  painted,
  paragraph,
  slot,
} from '../../one_file/parts.ts'
import { refusal } from '../refusals.ts'
import { rememberedSecret, rememberSecret } from '../remembered.ts'
import { isFinal, pauseSeconds } from '../signing/outbox.ts'
import { common, posts, profileNames } from '../words/common.ts'
import { enrol } from '../words/enrol.ts'
import { renew } from '../words/renew.ts'
import { sign } from '../words/sign.ts'
import { unlock } from '../words/unlock.ts'
import { showRenewed } from './done.ts'
import {
  handIn,
  makeRenewal,
  openPresent,
  ownCertificates,
  type Opening,
  type OwnRow,
} from './make.ts'
import { dropRenewal, readRenewal, writeRenewal, type PendingRenewal } from './pending.ts'

export interface Renewing {
  readonly app: App
  readonly api: Api
  readonly who: Identity
}

type Say = (...children: readonly Child[]) => void

/** Shows renewal from its beginning, or from where this browser left it. */
export async function showRenewal(renewing: Renewing): Promise<void> {
  const { app, api, who } = renewing
  const pending = readRenewal(app.store, who.box.id, who.owner)
  if (pending?.issued !== undefined) {
    showRenewed(renewing, { pending, issued: pending.issued })
    return
  }
  const place = slot()
  app.shell.show(heading(renew.title), paragraph(renew.lead), place)
  if (pending !== undefined) {
    await deliver(renewing, pending, { say: place.say })
    return
  }
  place.say(h('p', { class: 'quiet' }, common.working))
  const rows = await ownCertificates(api)
  if (rows.state !== 'done') {
    place.say(
      refusal(rows),
      button(common.again, () => void showRenewal(renewing)),
    )
    return
  }
  const live = rows.value.filter(({ due }) => due !== 'ended')
  const due = live.filter((row) => row.due !== null)
  if (live.length === 0) place.say(note('warn', paragraph(renew.nothing)))
  else place.say(form(renewing, { rows: rows.value, wanted: due.length > 0 ? due : live }))
}

interface Wanted {
  readonly rows: readonly OwnRow[]
  readonly wanted: readonly OwnRow[]
}

function form(renewing: Renewing, { rows, wanted }: Wanted): HTMLElement {
  const { app, who } = renewing
  const answer = slot()
  const passphrase = secretInput('renew-passphrase', 'current-password')
  const typed = h('input', {
    class: 'input secret',
    id: 'renew-secret',
    autocomplete: 'off',
    spellcheck: 'false',
    maxlength: 80,
  })
  const known = (): Uint8Array | undefined => rememberedSecret(app.secrets, who.box.id, who.owner)
  const submit = async (): Promise<void> => {
    const unitSecret = known() ?? secretIn(typed.value)
    if (unitSecret === undefined) {
      answer.say(note('bad', paragraph(unlock.secretMistyped)))
      return
    }
    await begin(renewing, {
      ...{ rows, wanted, opening: { passphrase: passphrase.value, unitSecret } },
      say: answer.say,
    })
  }
  return askingForm(
    () => {
      void submit()
    },
    wanted.every(({ due }) => due === null) && paragraph(renew.early),
    list(wanted),
    h('div', { class: 'field' }, h('label', { for: passphrase.id }, unlock.passphrase), passphrase),
    known() === undefined &&
      h('div', { class: 'field' }, h('label', { for: typed.id }, unlock.secret), typed),
    answer,
    h('div', { class: 'row' }, h('button', { type: 'submit', class: 'btn main' }, renew.begin)),
  )
}

function list(wanted: readonly OwnRow[]): HTMLElement {
  return h(
    'table',
    { class: 'list' },
    h('caption', { class: 'small' }, renew.what),
    h(
      'tbody',
      {},
      ...wanted.map(({ profile, seat, notAfter }) =>
        h(
          'tr',
          {},
          h(
            'td',
            {},
            seat !== null && [posts[seat] ?? both(seat), ' '],
            profileNames[profile] ?? both(profile),
          ),
          h('td', { class: 'end' }, renew.until(moment(new Date(notAfter)).slice(0, 10))),
        ),
      ),
    ),
  )
}

function secretIn(text: string): Uint8Array | undefined {
  try {
    return readUnitSecret(text)
  } catch {
    return undefined
  }
}

interface Begun extends Wanted {
  readonly opening: Opening
  readonly say: Say
}

/** Opens the present keys, makes the new ones, and hands them in. */
async function begin(renewing: Renewing, begun: Begun): Promise<void> {
  const { app, api, who } = renewing
  const { rows, wanted, opening, say } = begun
  say(h('p', { class: 'small' }, unlock.opening))
  await painted()
  const [file, root] = await Promise.all([api.bytes('/api/v1/key-file'), api.bytes('/root.crt')])
  if (file.state !== 'done' || root.state !== 'done') {
    say(refusal(file.state !== 'done' ? file : (root as Exclude<typeof root, { state: 'done' }>)))
    return
  }
  const present = await openPresent(file.value, rows, opening).catch(() => undefined)
  if (present === undefined) {
    say(note('bad', paragraph(unlock.wrong)))
    return
  }
  const jobs = [renew.making(wanted.length), renew.wrapping, renew.signing, renew.sending]
  const at = async (job: number): Promise<void> => {
    say(progress(jobs, job))
    await painted()
  }
  let pending: PendingRenewal
  try {
    pending = await makeRenewal({
      ...renewing,
      ...{ ...opening, root: root.value, present, wanted, at },
    })
  } catch (error) {
    const isOther = error instanceof Error && 'code' in error && error.code === 'RENEWAL_NOT_YOURS'
    say(note('bad', paragraph(isOther ? renew.otherFile : common.unexpected)))
    console.error(error)
    return
  } finally {
    for (const { pkcs8 } of present) pkcs8.fill(0)
  }
  const { box, owner } = who
  rememberSecret(app.secrets, { box: box.id, owner, secret: opening.unitSecret })
  // Kept before it is sent: the box may have taken what we are not told of.
  writeRenewal(app.store, { box: box.id, owner, pending })
  await at(jobs.length - 1)
  await deliver(renewing, pending, { say, opening })
}

/** Hands it in again and again while the line is broken. */
async function deliver(
  renewing: Renewing,
  pending: PendingRenewal,
  { say, opening }: { readonly say: Say; readonly opening?: Opening },
): Promise<void> {
  const { app, api, who } = renewing
  const { box, owner } = who
  for (let attempts = 1; ; attempts++) {
    const answer = await handIn(api, pending)
    if (answer.state === 'done') {
      await take(renewing, pending, { issued: answer.value, say, ...(opening && { opening }) })
      return
    }
    if (isFinal(answer)) {
      dropRenewal(app.store, box.id, owner)
      say(
        refusal(answer),
        note('info', paragraph(renew.refused)),
        button(common.again, () => void showRenewal(renewing)),
      )
      return
    }
    await pause(pauseSeconds(attempts), (now) => {
      say(
        note('warn', paragraph(renew.lost), h('div', { class: 'row' }, button(sign.sendNow, now))),
      )
    })
  }
}

async function take(
  renewing: Renewing,
  pending: PendingRenewal,
  with_: { readonly issued: Issued; readonly say: Say; readonly opening?: Opening },
): Promise<void> {
  const { app, who } = renewing
  const { issued, say, opening } = with_
  // What cannot even be read does not fit.
  if (!(await fits(pending, issued).catch(() => false))) {
    say(note('bad', paragraph(enrol.notOurs)))
    return
  }
  const whole = { ...pending, issued }
  writeRenewal(app.store, { box: who.box.id, owner: who.owner, pending: whole })
  // The file behind the keys that are open is another one now.
  app.keyring.lock()
  showRenewed(renewing, { pending: whole, issued, ...(opening && { opening }) })
}

function progress(jobs: readonly Words[], now: number): HTMLElement {
  const state = (at: number): string => (at < now ? 'done' : at === now ? 'now' : '')
  return h(
    'ol',
    { class: 'jobs card', 'aria-busy': 'true' },
    ...jobs.map((job, at) => h('li', { class: state(at) }, job)),
  )
}
