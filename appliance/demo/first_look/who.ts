/** Who can look around: the identities whose .p12 files are laid out to be imported, and what is said about them. Pure. */
import type { Role } from '../../../exchange/index.ts'
import { fingerprintWords, modelDistrict } from '../../../provisioning/index.ts'
import type { LookUnit } from './journeys.ts'

export interface LookPerson {
  readonly id: string
  readonly role: Role
  readonly zh: string
  readonly en: string
}

/** The first officer comes first, who approves all others. */
export const lookPeople = [
  { id: 'officer-1', role: 'officer', zh: '安全员', en: 'the security officer' },
  { id: 'auditor-1', role: 'auditor', zh: '审计员', en: 'the auditor' },
  { id: 'administrator-1', role: 'administrator', zh: '系统管理员', en: 'the administrator' },
] as const satisfies readonly LookPerson[]

/** Who has no certificate yet. */
export const lookGuests = {
  waiting: { id: 'officer-2', role: 'officer' },
  invited: { id: 'auditor-2', role: 'auditor' },
} as const satisfies Record<string, Pick<LookPerson, 'id' | 'role'>>

/** Units with most on their desks. */
const mainUnits = [
  ['区政府办', 'the office of the district government'],
  ['区财政局', 'the finance bureau'],
] as const satisfies readonly (readonly [LookUnit, string])[]

const mainSeats = [
  ['clerk', '文书', 'the clerk of'],
  ['leader', '领导', 'the leader of'],
] as const

/** One .p12 at the top of the demo's folder. */
export interface Identity {
  /** `区政府办-文书.p12` */
  readonly file: string
  readonly zh: string
  readonly en: string
  /** Whose folder it comes from, and which seat's it is. */
  readonly of: { readonly unit: LookUnit; readonly seat: string } | { readonly person: LookPerson }
}

export const identities: readonly Identity[] = [
  ...mainUnits.flatMap(([unit, en]) =>
    mainSeats.map(([seat, zh, of]) => ({
      file: `${unit}-${zh}.p12`,
      zh: `${fullName(unit)}的${zh}`,
      en: `${of} ${en}`,
      of: { unit, seat },
    })),
  ),
  ...lookPeople.map((person) => ({
    file: `${person.zh}.p12`,
    zh: person.zh,
    en: person.en,
    of: { person },
  })),
]

function fullName(unit: LookUnit): string {
  return modelDistrict.find(({ shortName }) => shortName === unit)?.name ?? unit
}

/** Of the demo as a whole, what a reader is told. */
export interface Told {
  /** Its folder, as a person at the console would write it. */
  readonly out: string
  readonly url: string
  readonly pkiUrl: string
  readonly passphrase: string
  /** SHA-256 of the root, hexadecimal. */
  readonly root: string
  /** SHA-256 of the request that waits for the officer. */
  readonly request: string
  /** One-time code of somebody who has not enrolled yet. */
  readonly code: string
}

/** Columns of a console: a Chinese character takes two. */
function padded(text: string, columns: number): string {
  const width = text.replace(/[^\u0020-\u007E]/g, '  ').length
  return text + ' '.repeat(Math.max(1, columns - width))
}

const rows = (indent: string): string[] =>
  identities.map(({ file, zh, en }) => `${indent}${padded(file, 22)}${padded(zh, 32)}${en}`)

/** What the console says when the demo is filled. */
export function readyLines({ out, url, passphrase }: Told): string[] {
  return [
    '  演示已经备好：青禾区，十二个单位。 The demo is ready: a model district of twelve units.',
    '',
    `  口令 passphrase            ${passphrase}`,
    `  文件 files in ${out}/`,
    ...rows('    '),
    '',
    `  下一步：把 ${out}/${first} 导入浏览器（口令如上），然后打开 ${url}`,
    `  Next: import ${out}/${first} into the browser (passphrase as above), and open ${url}`,
    `  怎样导入、怎样签名 How to import and how to sign: ${out}/README.txt`,
    '',
  ]
}

const first = identities[0]?.file ?? ''

/** What the console says when a demo that was filled before is served again. */
export function againLines(out: string): string[] {
  return [
    `  演示是以前备好的。 This demo was filled before. 身份文件和口令 Files and passphrase: ${out}/README.txt`,
    '',
  ]
}

function rowsOfWords(sha256: string, language: 'chinese' | 'english'): string {
  const words = fingerprintWords(sha256)
  return words[language].map((row) => `    ${row.join(' ')}`).join('\n')
}

/** `README.txt` beside the .p12 files, in both languages. */
export function readme(told: Told): string {
  return `${chinese(told)}\n\n${english(told)}\n`
}

function chinese({ out, url, pkiUrl, passphrase, ...told }: Told): string {
  return `印匣 Sealbox 演示：青禾区
（English below）

这里的单位、人员和公文都是虚构的。印匣是试用的：不要用它办理真实公文。
本文件夹里有全部身份的密钥，看完演示请连同数据文件夹一并删除。

地址      ${url}
证书服务  ${pkiUrl}
口令      ${passphrase}   （所有 .p12 文件和签名密钥都是它，也在 passphrase.txt 里）
根证书    root.crt、root.pem，SHA-256 指纹：
          ${fingerprintWords(told.root).hex}

一、谁是谁

${rows('    ').join('\n')}

其他单位在 units/ 下各有一个文件夹，里面的 clerk.p12 是文书，leader.p12 是领导。

二、导入浏览器

先导入 root.crt，浏览器就不再提示“连接不安全”；再导入一个身份的 .p12。

Firefox   设置 → 隐私与安全 → 证书 → 查看证书。
          “证书颁发机构”页导入 root.crt，勾选信任其标识网站；“您的证书”页导入 .p12。
Chromium  地址栏输入 chrome://certificate-manager。
          “本地证书”里把 root.crt 导入为受信任的证书，“您的证书”里导入 .p12。
          Linux 上也可以用命令：
            certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n sealbox-demo -i root.pem
            pk12util -d sql:$HOME/.pki/nssdb -i ${first} -W ${passphrase}
Windows   双击 root.crt，安装到“受信任的根证书颁发机构”；双击 .p12，按提示导入。
          Edge 和 Chrome 用的就是这里的证书。

一个浏览器窗口一次只用一个身份。要同时看两个人的页面，请另开一个配置：
    firefox -P        或        chromium --user-data-dir=/tmp/second

三、签名

签发、用印、发出、签收、退文要用单位自己的密钥，在签名页里办理。
解锁需要两样东西：口令，和单位密语。单位密语在 units/单位/sheet.txt 里
（安全员、审计员、系统管理员的在 people/ 下）。真实使用时，密语只印在纸上。

四、看些什么

区政府办-文书   待登记、待用印、待发出和待签收的公文各有几件；一件超过期限还没有签收齐，一件被退回。
区政府办-领导   等待签发和会签的稿件。
区财政局-文书   特急通知等待签收。
安全员          单位、注册申请、证书；审计员看日志；系统管理员看机器，看不到公文。

五、亲手走一遍注册

${lookGuests.waiting.id}（第二位安全员）正在等待批准。以安全员身份打开“注册申请”，与他在电话里念出的词核对：
${rowsOfWords(told.request, 'chinese')}
（演示里他的密钥没有留下，批准之后不会有人来领证书。）

${lookGuests.invited.id}（第二位审计员）还没有注册，注册码 ${told.code}。
在没有证书的浏览器里打开 ${url}，按页面提示注册，再以安全员身份批准；或者用命令：
    npx sealbox enrol --box ${url} --code ${told.code} \\
      --root-fingerprint ${told.root} --out auditor-2

六、命令行

在印匣的目录里：
    npx sealbox document tasks --unit '${out}/units/区财政局' --passphrase-file '${out}/passphrase.txt'`
}

function english({ out, url, pkiUrl, passphrase, ...told }: Told): string {
  return `Sealbox demo: the district of Qinghe (青禾区)

Units, people and documents are invented. The box is a trial: do not send real documents with it.
This folder holds the keys of everybody. Delete it together with the folder of data when you have seen enough.

Address         ${url}
Trust services  ${pkiUrl}
Passphrase      ${passphrase}   (of all .p12 files and signing keys; also in passphrase.txt)
Root            root.crt and root.pem, SHA-256:
                ${fingerprintWords(told.root).hex}

1. Who is who

The table above. The other units have a folder each below units/: clerk.p12 and leader.p12.

2. Importing into a browser

Import root.crt first, so that the browser does not warn; then the .p12 of one identity.

Firefox   Settings, Privacy & Security, Certificates, View Certificates.
          "Authorities": import root.crt and trust it for websites. "Your Certificates": import the .p12.
Chromium  Open chrome://certificate-manager.
          Import root.crt as a trusted local certificate, the .p12 under "Your certificates".
          On Linux also by command:
            certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n sealbox-demo -i root.pem
            pk12util -d sql:$HOME/.pki/nssdb -i ${first} -W ${passphrase}
Windows   Double-click root.crt and install it as a trusted root; double-click the .p12 and follow.
          Edge and Chrome use these.

One browser profile is one person at a time. For a second person beside it:
    firefox -P        or        chromium --user-data-dir=/tmp/second

3. Signing

To approve, seal, dispatch, sign for or return takes the unit's own keys, in the signer's page.
Two things open them: the passphrase, and the unit secret in units/UNIT/sheet.txt (people/ for the
administrators). In earnest the secret is on paper only.

4. What to look at

区政府办-文书   documents to be registered, sealed, dispatched and signed for; one overdue, one returned.
区政府办-领导   drafts to be approved and countersigned.
区财政局-文书   a most urgent notice to be signed for.
安全员          the security officer: units, enrolments, certificates. 审计员, the auditor: the journal.
                系统管理员, the administrator: the machine, and no document.

5. Enrolling by hand

${lookGuests.waiting.id}, a second security officer, waits for approval. As the officer open the requests, and compare the
words that would be read out by telephone:
${rowsOfWords(told.request, 'english')}
(The demo kept no keys of that person: after the approval nobody will come for the certificates.)

${lookGuests.invited.id}, a second auditor, has not enrolled yet; the code is ${told.code}.
Open ${url} in a browser without a certificate and follow the page, then approve as the officer; or
    npx sealbox enrol --box ${url} --code ${told.code} \\
      --root-fingerprint ${told.root} --out auditor-2

6. The command line

In the folder of Sealbox:
    npx sealbox document tasks --unit '${out}/units/区财政局' --passphrase-file '${out}/passphrase.txt'`
}
