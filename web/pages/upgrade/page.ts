/**
 * Version and upgrade: what runs, from which slot, whether it is on trial; the bundle that lies on the box; how the last upgrade went. The
 * administrator brings a bundle, officers order it: the same page with another next step.
 */
import { assetUrl } from '../../assets.ts'
import { html, type Content, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { LastUpgrade, StagedUpgrade, UpgradeState } from '../../upgrade.ts'
import type { View } from '../../view.ts'
import { bytesWords, factList, hrefOf } from '../elements.ts'
import { show } from '../frame.ts'
import { trustChips } from '../trust/frame.ts'
import { upgradeEndWords, upgradeReason } from './words.ts'

/** For administrators: with the ways to bring a bundle. */
export async function upgradePage(request: Request): Promise<Answer> {
  const { view, parts } = request
  const state = await parts.upgrade.state()
  return shownPage(request, {
    ...{ state, path: '/upgrade' },
    more: state.isImage && !isWorking(state) ? [bring(view, state)] : [],
  })
}

/** For officers: with the way to an order. */
export async function upgradeOrderPage(request: Request): Promise<Answer> {
  const state = await request.parts.upgrade.state()
  return shownPage(request, {
    ...{ state, path: '/trust/upgrade', chips: trustChips(request.view) },
    more: [],
  })
}

interface Shown {
  readonly state: UpgradeState
  readonly path: string
  readonly chips?: Html
  readonly more: readonly Content[]
}

function shownPage(request: Request, { state, path, chips, more }: Shown): Promise<Answer> {
  const { view } = request
  const { w } = view
  const { isImage, staged, last } = state
  return show(request, {
    title: w('版本与升级', 'Version and upgrade'),
    acts: html`<a class="btn" href="${path}" data-next>${w('再看一次', 'Look again')}</a>`,
    main: html`<h1>${headline(view, state)}</h1>
      <p class="sub">${subline(view, state)}</p>
      ${chips} ${isImage ? working(view, state) : notHere(view)} ${isImage && slots(view, state)}
      ${staged !== undefined && !isWorking(state) && bundle(view, staged, path)} ${more}
      ${last !== undefined && lastOne(view, last)}`,
  })
}

/** Whether something goes on that a bundle must wait for. */
const isWorking = ({ isOnTrial, last }: UpgradeState): boolean =>
  isOnTrial || last?.state === 'ordered'

function headline({ w }: View, { version, isOnTrial, last }: UpgradeState): string {
  if (isOnTrial) return w(`版本 ${version} 正在试运行`, `Version ${version} is on trial`)
  if (last?.state === 'ordered') {
    return w(`正在安装版本 ${last.version}`, `Version ${last.version} is being installed`)
  }
  return w(`现在运行版本 ${version}`, `Version ${version} runs`)
}

function subline({ w }: View, { isImage, highest, version }: UpgradeState): string {
  if (!isImage) return w('不是镜像', 'not the image')
  if (highest === version) {
    return w(
      '新版本写入另一个分区，试运行正常才保留。',
      'A new version goes into the other slot, and is kept only if it is well.',
    )
  }
  return w(`保留过的最高版本 ${highest}`, `the highest version kept is ${highest}`)
}

function notHere({ w }: View): Html {
  return html`<div class="notice w">
    <b>${w('本机不是以印匣镜像运行', 'This box does not run as the image')}</b>
    ${w('在这里不能升级：请按操作手册更新程序，先做备份。', 'It is not upgraded from here: update the program as the manual says, after a backup.')}
  </div>`
}

/** What goes on now, in a sentence and a bar. */
function working({ w }: View, { isOnTrial, progress, last }: UpgradeState): Html | undefined {
  if (isOnTrial) {
    return html`<div class="notice w">
      <b>${w('正在检查新版本是否正常', 'Whether the new version is well is being looked at')}</b>
      ${w('几分钟内自行保留；不正常就重新启动，三次不成自行退回原版本。已办事项不会丢失。', 'Within minutes it is kept by itself; if it is not well the machine restarts, and after three times falls back to the version before. What was answered is not lost.')}
    </div>`
  }
  if (last?.state !== 'ordered') return undefined
  const words =
    progress === undefined
      ? w(
          '已下令，即将写入，随后重新启动。',
          'Ordered; it is written now, then the machine restarts.',
        )
      : w(
          `已写入 ${bytesWords(progress.done)} / ${bytesWords(progress.all)}，随后重新启动，停用几分钟。`,
          `${bytesWords(progress.done)} of ${bytesWords(progress.all)} done; then the machine restarts, a few minutes without service.`,
        )
  return html`<div class="notice w">
    <b>${w('请勿断电', 'Leave the power on')}</b> ${words}
    ${
      progress !== undefined &&
      html`<progress class="meter" max="${progress.all}" value="${progress.done}">
        ${Math.floor((100 * progress.done) / progress.all)} %
      </progress>`
    }
  </div>`
}

function slots(view: View, state: UpgradeState): Html {
  const { w } = view
  const { slot, version, isOnTrial, last } = state
  const other = slot === 'a' ? 'b' : 'a'
  const runs = isOnTrial
    ? html`<span class="tag w">${w('试运行', 'on trial')}</span>`
    : html`<span class="tag ok">${w('运行中', 'runs')}</span>`
  // Until it is kept, the one before lies there and is what starts if it fails.
  const kept = isOnTrial && last !== undefined ? last.from : undefined
  const waits = last?.state === 'ordered' && !isOnTrial ? last.version : undefined
  return html`<section class="section">
    <h2>${w('系统分区', 'Slots of the disk')}</h2>
    <table class="stack">
      <thead>
        <tr>
          <th>${w('分区', 'Slot')}</th>
          <th>${w('版本', 'Version')}</th>
          <th>${w('状态', 'State')}</th>
        </tr>
      </thead>
      <tbody>
        <tr data-row>
          <td><span class="t">${slot?.toUpperCase()}</span></td>
          <td class="num">${version}</td>
          <td>${runs}</td>
        </tr>
        <tr data-row>
          <td><span class="t">${other.toUpperCase()}</span></td>
          <td class="num">${kept ?? waits ?? '—'}</td>
          <td>${otherWords(view, { kept, waits })}</td>
        </tr>
      </tbody>
    </table>
  </section>`
}

function otherWords(
  { w }: View,
  { kept, waits }: { readonly kept: string | undefined; readonly waits: string | undefined },
): string {
  if (kept !== undefined) return w('可退回', 'to fall back to')
  if (waits !== undefined) return w('正在写入', 'being written')
  return w('空闲，下次升级写入这里', 'idle: the next upgrade goes here')
}

function bundle(view: View, staged: StagedUpgrade, path: string): Html {
  const { w } = view
  const { version, manifest, builtAt, bytes } = staged
  const isOfficer = path !== '/upgrade'
  return html`<section class="section">
    <h2>${w(`版本 ${version} 可以安装`, `Version ${version} can be installed`)}</h2>
    ${factList([
      [
        w('签名', 'Signature'),
        w('由本机认可的发布密钥签署', 'of a release key that this box trusts'),
      ],
      [w('制作时间', 'Built'), view.exact(builtAt)],
      [w('大小', 'Size'), bytesWords(bytes)],
      [w('清单 SHA-256', 'Manifest, SHA-256'), html`<code>${manifest}</code>`],
    ])}
    ${
      isOfficer
        ? html`<p class="hint">
              ${w('先同管理员核对清单的前几位，问清为什么升级。', 'First compare the first digits of the manifest’s hash with the administrator, and ask why.')}
            </p>
            <p class="acts start">
              <a
                class="btn seal"
                href="${hrefOf('/orders/new', { act: 'install-upgrade', bundle: `${version} ${manifest}` })}"
                >${w('下令安装…', 'Order it…')}</a
              >
            </p>`
        : html`<form method="post" action="/upgrade/discard">
            <p class="hint">
              ${w('由一名安全员提出、另一名会签后安装。请把清单的前几位念给他们核对。', 'It is installed once an officer proposes and another one countersigns. Read them the first digits of the manifest’s hash.')}
            </p>
            <button class="btn quiet">${w('不要这个升级包', 'Take this bundle away')}</button>
          </form>`
    }
  </section>`
}

/** The ways to bring a bundle: from this browser's machine in pieces, or from a stick in the box. */
function bring(view: View, { receiving, staged }: UpgradeState): Html {
  const { w } = view
  const of = receiving?.of
  return html`<section class="section">
    <h2>
      ${staged === undefined ? w('放入升级包', 'Bring a bundle') : w('换一个升级包', 'Bring another bundle')}
    </h2>
    <div
      class="field"
      data-upgrade-upload
      data-received="${receiving?.bytes ?? 0}"
      data-of="${of ?? ''}"
    >
      <label for="bundle"
        >${w('从这台电脑上传 .sealbox-upgrade 文件', 'Upload a .sealbox-upgrade file from this computer')}</label
      >
      <input type="file" id="bundle" accept=".sealbox-upgrade" />
      <progress class="meter" max="100" value="0" hidden></progress>
      <p class="hint" role="status" data-upgrade-state>
        ${
          receiving === undefined
            ? w(
                '边传边查：来历不明、版本过旧的，开头就会拒绝。中断后再选同一个文件，接着传。',
                'It is checked on its way: one of unknown origin or an older version is refused at its beginning. After a break choose the same file, and it goes on.',
              )
            : w(
                `上次传到 ${bytesWords(receiving.bytes)}${of === undefined ? '' : ` / ${bytesWords(of)}`}，再选同一个文件即可接着传。`,
                `${bytesWords(receiving.bytes)}${of === undefined ? '' : ` of ${bytesWords(of)}`} are here; choose the same file, and it goes on.`,
              )
        }
      </p>
      <noscript
        ><p class="wrong">
          ${w('上传需要脚本。也可以用 U 盘，或 sealbox upgrade 命令。', 'Uploading needs scripts. A stick or the command sealbox upgrade do without.')}
        </p></noscript
      >
    </div>
    <form method="post" action="/upgrade/stick">
      <button class="btn">${w('从插在本机的 U 盘读取…', 'Read from a stick in the box…')}</button>
    </form>
    <script src="${assetUrl('upgrade.js')}" defer></script>
  </section>`
}

function lastOne(view: View, { version, from, state, code, at, order }: LastUpgrade): Html {
  const { w } = view
  const kind = { ordered: 'w', committed: 'ok', 'fell-back': 'u', failed: 'u' }[state]
  const reason = upgradeReason(view, code)
  return html`<section class="section">
    <h2>${w('最近一次升级', 'The last upgrade')}</h2>
    ${factList([
      [w('版本', 'Version'), `${from} → ${version}`],
      [
        w('结果', 'How it went'),
        html`<span class="tag ${kind}">${upgradeEndWords(view, state)}</span> ${reason}`,
      ],
      [w('时间', 'When'), view.exact(at)],
      [w('双人令', 'Order'), html`<code>${order.slice(0, 16)}…</code>`],
    ])}
    ${
      state === 'fell-back' &&
      html`<p class="hint">
        ${w('新版本三次启动都未能正常工作，本机回到原版本，已办事项没有丢失。请把日志交给供应方。', 'The new version did not become well in three starts, and the box went back; nothing that was answered is lost. Give the log to whoever supplied it.')}
      </p>`
    }
  </section>`
}
