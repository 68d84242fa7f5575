/** Help on one page: keys, what each role does, the certificate and the signer. Pure but for the frame. */
import { html, type Html } from '../html.ts'
import { route, type Route } from '../types.ts'
import type { View } from '../view.ts'
import { show } from './frame.ts'

export const helpRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/help',
    who: 'certified',
    summary: 'Page: keys, roles, certificates, the signer',
    handle: (request) =>
      show(request, { title: request.view.w('帮助', 'Help'), main: helpPage(request.view) }),
  }),
]

type Words = readonly [zh: string, en: string]

function helpPage(view: View): Html {
  const { w } = view
  return html`<h1>${w('帮助', 'Help')}</h1>
    <div class="prose">
      ${keysPart(view)}${part(view, rolesPart)}${part(view, certificatePart)}
      ${part(view, signerPart)}${part(view, troublePart)}
      <h2>${w('带走单独使用', 'To take along')}</h2>
      <p>
        <a href="/signer.html">${w('签署页面', 'The signer')}</a> ·
        <a href="/signer.html?download">${w('下载签署页面', 'Download the signer')}</a> ·
        <a href="/verifier.html" download>${w('下载验证器', 'Download the verifier')}</a> ·
        <a href="/signed">${w('提交签署结果', 'Hand in what was signed')}</a> ·
        <a href="/verify">${w('验证', 'Verify')}</a> ·
        <a href="/preferences">${w('语言与外观', 'Language and look')}</a>
      </p>
    </div>`
}

const keys: readonly (readonly [key: string, zh: string, en: string])[] = [
  ['/', '查找', 'search'],
  ['j', '列表中下一行', 'next row of a list'],
  ['k', '列表中上一行', 'row before'],
  ['Enter', '打开', 'open it'],
  ['n', '办理下一步', 'take the next step'],
  ['Esc', '离开输入框', 'leave a field'],
  ['?', '本页', 'this page'],
]

function keysPart({ w }: View): Html {
  return html`<h2>${w('按键', 'Keys')}</h2>
    <p>
      ${w('不用鼠标也能办完所有的事；约束性的操作仍要在签署页面确认。', 'Everything can be done without a mouse; what binds is still confirmed in the signer.')}
    </p>
    <dl class="facts">
      ${keys.map(
        ([key, zh, en]) =>
          html`<dt><kbd>${key}</kbd></dt>
            <dd>${w(zh, en)}</dd>`,
      )}
    </dl>`
}

interface Part {
  readonly title: Words
  readonly kind: 'list' | 'steps'
  readonly items: readonly Words[]
}

function part({ w }: View, { title, kind, items }: Part): Html {
  const lines = items.map((item) => html`<li>${w(...item)}</li>`)
  return html`<h2>${w(...title)}</h2>
    ${
      kind === 'steps'
        ? html`<ol>
            ${lines}
          </ol>`
        : html`<ul>
            ${lines}
          </ul>`
    }`
}

const rolesPart: Part = {
  title: ['谁办什么', 'Who does what'],
  kind: 'list',
  items: [
    [
      '文书：拟文、登记编号、用印、发出、签收、退文，保管本单位的公文。',
      'Clerk: drafts, registers, seals, dispatches, signs for, returns, and keeps the unit’s documents.',
    ],
    ['领导：签发，联合发文时会签。', 'Leader: approves, and countersigns joint documents.'],
    [
      '安全员：登记单位，核对后批准注册，吊销证书；不看公文。',
      'Security officer: registers units, approves enrolments after comparing, revokes certificates; reads no document.',
    ],
    [
      '审计员：查日志、核对树头与证明；什么也不改。',
      'Auditor: reads the journal, checks heads and proofs; changes nothing.',
    ],
    [
      '系统管理员：保持系统运行；不看公文。',
      'System administrator: keeps the box running; reads no document.',
    ],
  ],
}

const certificatePart: Part = {
  title: ['把证书装进浏览器', 'Importing the certificate'],
  kind: 'steps',
  items: [
    [
      '注册获批准后，在注册页面保存 .p12 文件，记住所设的口令。',
      'Once your enrolment is approved, save the .p12 file on the enrolment page and remember its passphrase.',
    ],
    [
      'Windows（Edge、Chrome）：双击 .p12 文件，按提示导入“个人”。',
      'Windows (Edge, Chrome): double-click the .p12 file and import it into “Personal”.',
    ],
    [
      'Linux（Chrome、Chromium）：设置 → 隐私和安全 → 安全 → 管理证书 → 导入。',
      'Linux (Chrome, Chromium): Settings → Privacy and security → Security → Manage certificates → Import.',
    ],
    [
      'Firefox：设置 → 隐私与安全 → 证书 → 查看证书 → 您的证书 → 导入。',
      'Firefox: Settings → Privacy & Security → Certificates → View Certificates → Your Certificates → Import.',
    ],
    [
      '关闭浏览器，重新打开本平台，选择刚导入的证书。导入后请删除电脑上的 .p12 文件，只留备份。',
      'Close the browser, open this box again and choose the certificate. Then delete the .p12 file from the computer and keep the backup.',
    ],
  ],
}

const signerPart: Part = {
  title: ['签署页面怎样工作', 'How the signer works'],
  kind: 'list',
  items: [
    [
      '签发、用印、发出、签收、退文等有约束力的操作，都在签署页面用本单位的密钥签署。密钥不离开本单位的浏览器，本平台没有。',
      'What binds (approving, sealing, dispatching, signing for, returning) is signed in the signer with your unit’s key. The key does not leave your browser; the box never has it.',
    ],
    [
      '它先显示要签的是什么，自己计算文件的哈希，并检查日志没有分叉，然后才签。',
      'It shows what will be signed, hashes the files itself, and checks that the journal was not forked, before it signs.',
    ],
    [
      '解锁用口令和注册单上的单位密语；几分钟不用会自动上锁，剩余时间显示在页面上。',
      'It is unlocked with the passphrase and the unit secret on your sheet; after some minutes it locks itself, and shows how many are left.',
    ],
    [
      '也可以把签署页面存到 U 盘，离线签：先下载 .signreq 文件，签好得到 .signed 文件，再在“提交签署结果”页上传。',
      'It can also be kept on a stick and used offline: download the .signreq file, sign it, and hand in the .signed file on the page “Hand in what was signed”.',
    ],
  ],
}

const troublePart: Part = {
  title: ['遇到问题', 'If something goes wrong'],
  kind: 'list',
  items: [
    [
      '出错的页面都有编号，告诉系统管理员即可查到。',
      'Every page of an error has a reference; the administrator finds it in the log.',
    ],
    [
      '口令忘了、密钥文件丢了、怀疑被人用过：立即告诉安全员，由其吊销并重新发码。',
      'Passphrase forgotten, key lost, or used by somebody else: tell the security officer at once, who revokes it and gives out another code.',
    ],
    [
      '签署页面说日志分叉：不要再签，保存好回执，告诉审计员。',
      'The signer says that the journal was forked: sign nothing more, keep your receipts, tell the auditor.',
    ],
  ],
}
