/** The signer's beginning: wires the parts, and shows the screen that the address names. */
import { createApi, type Api } from './api.ts'
import type { App } from './app.ts'
import { showDisk } from './disk.ts'
import { h } from '../one_file/dom.ts'
import { showEnrolment } from './enrolment/screen.ts'
import { showHome, showVisitor } from './home.ts'
import { whoAmI, type Identity } from './identity.ts'
import { createKeyring } from './keyring.ts'
import { languageKey, startLanguage } from '../one_file/language.ts'
import { button, heading, note, paragraph } from '../one_file/parts.ts'
import { refusal, wordsOf } from './refusals.ts'
import { showRenewal } from './renewal/screen.ts'
import { rememberedMinutes } from './remembered.ts'
import { showCompare } from './officer/compare.ts'
import { createShell } from './shell.ts'
import { showSigning } from './signing/screen.ts'
import { browserArea, createStore } from './store.ts'
import { common } from './words/common.ts'

const served = location.protocol !== 'file:'
const store = createStore(browserArea())
startLanguage(store.read(languageKey))
const keyring = createKeyring({ minutes: rememberedMinutes(store) })
const app: App = {
  shell: createShell({ served, keyring, store }),
  store,
  secrets: served ? store : createStore(undefined),
  keyring,
  api: served ? createApi() : undefined,
  go: (hash) => {
    // The same address again is shown again.
    if (location.hash === hash || (hash === '' && location.hash === '#')) show()
    else location.hash = hash
  },
}

let known: Identity | undefined

/** What stands after `#`: nothing, `enrol`, `file`, or the query of a sign request. */
function show(): void {
  const wanted = location.hash.slice(1)
  if (app.api === undefined || wanted === 'file') showDisk(app)
  else if (wanted === 'enrol') showEnrolment(app)
  else void showForWhom(app.api, new URLSearchParams(wanted))
}

async function showForWhom(api: Api, query: URLSearchParams): Promise<void> {
  if (known === undefined) {
    app.shell.show(h('p', { class: 'quiet' }, common.working))
    const found = await whoAmI(api)
    if (found.state === 'lost') {
      app.shell.show(heading(common.signer), refusal(found), button(common.again, show))
      return
    }
    if (found.state === 'refused') {
      showVisitor(app, note('info', paragraph(wordsOf(found))))
      return
    }
    known = found.value
    const { name, post, box } = known
    app.shell.setWho({ name, trial: box.isTrial, ...(post && { post }) })
  }
  if (query.has('act')) await showSigning({ app, api, who: known, query })
  else if (query.has('compare')) await showCompare(app, api)
  else if (query.has('renew')) await showRenewal({ app, api, who: known })
  else await showHome(app, api, known)
}

/** What nobody foresaw is said, never passed over. */
addEventListener('unhandledrejection', () => {
  document.querySelector('main')?.prepend(note('bad', paragraph(common.unexpected)))
})

addEventListener('hashchange', show)
show()
