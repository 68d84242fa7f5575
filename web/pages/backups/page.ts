/** Backups: when the last one was made and whether a drill passed, what goes on, who opens them; making one; the schedule; the files. */
import type {
  BackupBoardState,
  BackupRow,
  BackupSchedule,
  BackupWork,
  DrillRow,
} from '../../backups.ts'
import { html, type Content, type Html } from '../../html.ts'
import { messages } from '../../messages.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { bytesWords, factList } from '../elements.ts'
import { show } from '../frame.ts'
import { emptyList } from '../unit/rows.ts'
import { keyFacts, ofCustodians } from './key.ts'

/** Seconds after which a page that shows work looks again. */
const lookAgainSeconds = 2
const hourMs = 3_600_000
const shownRows = 40

export async function backupsPage(request: Request): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const state = await parts.backups.state()
  const { key, work, schedule } = state
  return show(request, {
    title: w('备份', 'Backups'),
    acts: html`<a class="btn" href="/backups" data-next>${w('再看一次', 'Look again')}</a>`,
    main: html`<h1>${headline(view, state)}</h1>
      <p class="sub">
        ${w('备份只有保管人打得开，本机自己也打不开。', 'Only the custodians can open a backup; the box itself cannot.')}
      </p>
      ${work !== undefined && working(view, work)} ${failure(view, state)}
      ${key === null ? noKey(view) : [shelfFacts(view, state), work === undefined && buttons(view)]}
      ${key !== null && [list(view, state), drillPart(view, state.drill), scheduleForm(view, schedule)]}`,
  })
}

function headline({ w, now, time }: View, { made }: BackupBoardState): string {
  const [last] = made
  if (last === undefined) return w('还没有备份', 'There is no backup yet')
  const hours = Math.floor((now.getTime() - Date.parse(last.at)) / hourMs)
  if (hours < 1) return w('刚刚备份过', 'Backed up within the hour')
  if (hours < 48) return w(`${String(hours)} 小时前备份`, `Backed up ${String(hours)} h ago`)
  return w(`上次备份是 ${time(last.at)}`, `Backed up last on ${time(last.at)}`)
}

const stepWords: Readonly<Record<BackupWork['step'], readonly [string, string]>> = {
  journal: ['抄写日志', 'copying the journal'],
  files: ['抄写文件', 'copying files'],
  sync: ['落盘', 'on its way to the disk'],
  restore: ['恢复到旁边', 'restoring it beside'],
  views: ['核对日志，重建登记簿', 'checking the journal, making the views anew'],
  documents: ['验证公文', 'verifying documents'],
}

/** What goes on now, in a sentence and a bar; the page looks again by itself. */
function working({ w }: View, { what, step, share }: BackupWork): Html {
  const percent = Math.floor(share * 100)
  return html`<div class="notice w" role="status" data-again="${lookAgainSeconds}">
    <b
      >${what === 'drill' ? w('正在演练恢复', 'A drill goes on') : w('正在备份', 'A backup goes on')}</b
    >
    ${w(...stepWords[step])}${w('，', ', ')}${percent}%
    <progress class="meter" max="100" value="${percent}">${percent}%</progress>
    ${w('照常办公，不受影响。', 'Work goes on meanwhile.')}
  </div>`
}

function failure({ language, w }: View, { failed, work }: BackupBoardState): Html | undefined {
  if (failed === undefined || work !== undefined) return undefined
  const words = Object.hasOwn(messages, failed)
    ? messages[failed as keyof typeof messages][language]
    : failed
  return html`<div class="notice bad" role="alert">
    <b>${w('上一次没有做成', 'The last one was not done')}</b> ${words}
  </div>`
}

/** Of a trial box an officer makes it: with key and backups together an administrator would read every document. */
function noKey(view: View): Html {
  const { w, box } = view
  if (box.mode === 'production') return ofCustodians(view)
  return html`<div class="notice w">
    <b>${w('先要有备份密钥', 'A key is needed first')}</b>
    ${w('请安全员在“信任服务”的“备份密钥”页上生成，并由安全员保管。', 'Ask an officer to make it under “Trust services”, “Key of the backups”, and to keep it.')}
  </div>`
}

function shelfFacts(view: View, { key, shelf }: BackupBoardState): Html | undefined {
  if (key === null) return undefined
  return factList([
    ...keyFacts(view, key),
    [view.w('存放在', 'Kept in'), html`<code>${shelf}</code>`],
  ])
}

function buttons({ w }: View): Html {
  const form = (action: string, kind: string, words: Content): Html =>
    html`<form method="post" action="${action}">
      <input type="hidden" name="kind" value="${kind}" />${words}
    </form>`
  return html`<div class="acts section">
    ${form('/backups/make', 'increment', html`<button class="btn">${w('备份新增部分', 'Back up what is new')}</button>`)}
    ${form('/backups/make', 'full', html`<button class="btn">${w('全量备份', 'Back up everything')}</button>`)}
    ${form('/backups/drill', 'drill', html`<button class="btn">${w('演练恢复', 'Hold a drill')}</button>`)}
  </div>`
}

function list(view: View, { made, hasStick }: BackupBoardState): Html {
  const { w } = view
  if (made.length === 0) {
    return emptyList(
      w('还没有备份', 'There is no backup yet'),
      w('按上面的按钮做第一份。', 'Make the first one by the button above.'),
    )
  }
  return html`<section class="section">
    <h2>${w('已有的备份', 'Backups')}</h2>
    <table class="stack">
      <thead>
        <tr>
          <th>${w('时间', 'Made')}</th>
          <th>${w('种类', 'Kind')}</th>
          <th class="end">${w('日志到', 'Journal up to')}</th>
          <th class="end">${w('大小', 'Size')}</th>
          <th></th>
        </tr>
      </thead>
      <tbody>
        ${made.slice(0, shownRows).map((row) => rowOf(view, row, hasStick))}
      </tbody>
    </table>
    <p class="hint">
      ${w('恢复时要有一份全量，和它以后的每一份新增。请常把它们带离机房。', 'To restore takes a full one and every later part of it. Carry them out of the room often.')}
    </p>
  </section>`
}

function rowOf(view: View, row: BackupRow, hasStick: boolean): Html {
  const { w } = view
  return html`<tr data-row>
    <td>
      <span class="t">${view.time(row.at)}</span>
      <div class="m"><code>${row.backup.slice(0, 16)}</code></div>
    </td>
    <td>
      ${row.isFull ? w('全量', 'full') : w('新增', 'part')}
      ${row.damaged > 0 && html`<span class="tag u">${w(`缺 ${String(row.damaged)} 个坏文件`, `without ${String(row.damaged)} damaged files`)}</span>`}
    </td>
    <td class="num end">
      ${w(`${row.entries.toLocaleString('en')} 条`, `${row.entries.toLocaleString('en')} entries`)}
    </td>
    <td class="num end">${bytesWords(row.bytes)}</td>
    <td class="end">
      ${
        row.isHere
          ? html`<a class="btn" href="/backups/${row.backup}/file">${w('下载', 'Download')}</a> ${
                hasStick &&
                html`<form method="post" action="/backups/${row.backup}/stick">
                  <button class="btn">${w('写入 U 盘', 'To the stick')}</button>
                </form>`
              }`
          : html`<span class="m">${w('不在本机', 'not on this box')}</span>`
      }
    </td>
  </tr>`
}

const findingTable: Readonly<Record<string, readonly [string, string]>> = {
  JOURNAL_DIFFERS: ['恢复出的日志不一样', 'the restored journal differs'],
  FILES_DAMAGED: ['有文件已损坏', 'files are damaged'],
  KEYS_LOCKED: ['恢复出的密钥打不开', 'the restored keys do not open'],
  DOCUMENT_FAILED: ['有公文验证不通过', 'a document does not verify'],
}

function drillPart(view: View, drill: DrillRow | undefined): Html {
  const { w } = view
  return html`<section class="section">
    <h2>${w('恢复演练', 'Drills')}</h2>
    ${
      drill === undefined
        ? html`<p class="sub">
            ${w('没有演练过的备份算不得备份。请演练一次。', 'A backup that was never restored is none. Hold a drill.')}
          </p>`
        : factList([
            [
              w('上次演练', 'Last drill'),
              html`${view.time(drill.at)}
              ${drill.passed ? html`<span class="tag ok">${w('通过', 'passed')}</span>` : html`<span class="tag u">${w('未通过', 'failed')}</span>`}`,
            ],
            [
              w('恢复出', 'Restored'),
              w(
                `日志 ${String(drill.entries)} 条，文件 ${String(drill.files)} 个，抽验公文 ${String(drill.documents)} 件`,
                `${String(drill.entries)} entries, ${String(drill.files)} files; documents verified: ${String(drill.documents)}`,
              ),
            ],
            [
              w('问题', 'Found wrong'),
              drill.findings.length > 0 &&
                drill.findings
                  .map((code) => (findingTable[code] ? w(...findingTable[code]) : code))
                  .join(w('；', '; ')),
            ],
          ])
    }
    <p class="hint">
      ${w('演练在旁边恢复一遍，全部核对后删掉。保管人的那几份密钥另外演练：', 'A drill restores beside, compares everything and throws it away. The custodians try their shares by themselves:')}
      <code>sealbox restore --check</code>
    </p>
  </section>`
}

function scheduleForm({ w, box }: View, schedule: BackupSchedule): Html {
  const number = (of: {
    readonly name: string
    readonly label: string
    readonly value: number
    readonly min: number
    readonly max: number
  }): Html =>
    html`<div class="field">
      <label for="${of.name}">${of.label}</label>
      <input
        type="number"
        id="${of.name}"
        name="${of.name}"
        value="${of.value}"
        min="${of.min}"
        max="${of.max}"
        required
      />
    </div>`
  const choice = (value: string, isChosen: boolean, words: string): Html =>
    html`<label class="choice"
      ><input
        type="radio"
        name="isOn"
        value="${value}"
        ${isChosen && html` checked`}
      />${words}</label
    >`
  return html`<section class="section">
    <h2>${w('定时', 'Schedule')}</h2>
    <form method="post" action="/backups/schedule">
      <fieldset>
        <legend>${w('每天自动备份', 'Back up each day')}</legend>
        ${choice('on', schedule.isOn, w('是', 'yes'))}
        ${choice('off', !schedule.isOn, w('否', 'no'))}
      </fieldset>
      ${number({ name: 'hour', label: w(`几点（${box.zone}）`, `At what hour (${box.zone})`), value: schedule.hour, min: 0, max: 23 })}
      ${number({ name: 'fullEveryDays', label: w('每几天一次全量', 'Everything every so many days'), value: schedule.fullEveryDays, min: 1, max: 90 })}
      ${number({ name: 'keep', label: w('本机保留几份全量', 'Full ones to keep on this box'), value: schedule.keep, min: 1, max: 50 })}
      <button class="btn">${w('保存', 'Save')}</button>
    </form>
  </section>`
}
