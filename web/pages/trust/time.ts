/** How certain the time of the box is, and what stamps with it. */
import {
  countTokens,
  currentService,
  oids,
  readServices,
  sha256Hex,
  timeSources,
  type Journal,
  type TimeSource,
} from '../../../ca/index.ts'
import { html, type Content, type Html } from '../../html.ts'
import type { Answer, Parts, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { factList } from '../elements.ts'
import { defaultStampsPerMinute } from '../../stamp_quota.ts'
import { show } from '../frame.ts'
import { offsetWords } from '../orders/words.ts'
import { trustChips } from './frame.ts'
import { holdWords, serviceWords, signsUntil } from './words.ts'

export async function timePage(request: Request): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const { time } = parts
  const isHeld = time.state === 'held'
  return show(request, {
    title: w('时间与时间戳', 'Time and time-stamping'),
    acts: html`<a class="btn" href="/trust/time" data-next>${w('再看一次', 'Look again')}</a>`,
    main: html`<h1>
        ${isHeld ? w('时间未确认，时间戳已停', 'The time is not confirmed: nothing is stamped') : w('时间可信', 'The time is certain')}
      </h1>
      <p class="sub">${view.exact(view.now)} · ${view.box.zone}</p>
      ${trustChips(view)} ${isHeld && holdNotice(view, parts)}
      <div class="columns">${clockCard(view, parts)} ${await stampCard(view, parts)}</div>`,
  })
}

function holdNotice(view: View, { time }: Parts): Html {
  const { w } = view
  const reason = time.hold?.reason
  return html`<div class="notice bad">
    <b>${reason !== undefined && holdWords(view, reason)}</b>
    ${w('收发照常，记录里标明“时间未确认”，不加时间戳。请两名安全员用可靠的钟（手机授时、报时台）对表，一人提出，另一人会签。', 'Work goes on, marked as of unconfirmed time, and nothing is stamped. Two officers compare the time with a good clock: one proposes, the other countersigns.')}
    <p class="acts start">
      <a class="btn seal" href="/orders/new?act=confirm-time"
        >${w('确认或改正时间…', 'Confirm or correct the time…')}</a
      >
    </p>
  </div>`
}

const sourceTable: Readonly<Record<TimeSource, readonly [zh: string, en: string]>> = {
  chrony: ['chrony 校时', 'chrony'],
  'officer-confirmed': ['安全员每周对表', 'compared weekly by officers'],
  host: ['取自操作系统', 'the machine’s own'],
}

function clockCard(view: View, { time }: Parts): Html {
  const { w } = view
  const { timeSource, offsetMs, hold, confirmedAt } = time
  const accuracy = timeSources[timeSource].accuracySeconds
  return html`<section class="card">
    <h2>${w('时钟', 'Clock')}</h2>
    ${factList([
      [w('本机时间', 'Time of the box'), view.exact(time.now())],
      [w('机器时钟', 'Clock of the machine'), view.exact(time.machine())],
      [w('改正', 'Correction'), offsetMs === 0 ? w('没有', 'none') : offsetWords(view, offsetMs)],
      [w('来源', 'Source'), w(...sourceTable[timeSource])],
      [w('误差', 'Accuracy'), w(`${String(accuracy)} 秒以内`, `within ${String(accuracy)} s`)],
      [w('最近确认', 'Confirmed last'), confirmedAt && view.exact(confirmedAt)],
      [w('暂停始于', 'On hold since'), hold && view.exact(hold.certain)],
    ])}
  </section>`
}

/** Tokens that this key signed; each stands in the journal by serial number and hash. */
async function grantedWords(view: View, { views }: Journal, certificate: string): Promise<Html> {
  const { count, hasMore } = await countTokens(views, certificate)
  const number = `${String(count)}${hasMore ? '+' : ''}`
  return html`<a href="/certificates/${certificate}/signed"
    >${view.w(`${number} 个，序列号都在日志里`, `${number}, each serial number in the journal`)}</a
  >`
}

async function stampCard(view: View, { journal }: Parts): Promise<Html> {
  const { w } = view
  const current = currentService(await readServices(journal.views), 'timestamping')
  const rows: readonly (readonly [string, Content])[] = [
    [
      w('密钥', 'Key'),
      html`<a href="/certificates/${sha256Hex(current.certificate)}"
        >${serviceWords(view, current)}</a
      >`,
    ],
    [w('启用', 'Since'), view.exact(current.activatedAt)],
    [w('更换不迟于', 'Replaced by'), view.exact(signsUntil(current))],
    [w('策略', 'Policy'), html`<code>${oids.timeStampPolicy}</code>`],
    [w('已签发', 'Granted'), await grantedWords(view, journal, sha256Hex(current.certificate))],
    [
      w('限额', 'Quota'),
      w(
        `每证书每分钟 ${String(defaultStampsPerMinute)} 个`,
        `${String(defaultStampsPerMinute)} a minute and certificate`,
      ),
    ],
  ]
  return html`<section class="card">
    <h2>${w('时间戳（RFC 3161）', 'Time-stamping (RFC 3161)')}</h2>
    ${factList(rows)}
  </section>`
}
