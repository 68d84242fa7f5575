/** `sealbox enrol`: at the unit (or for an administrator) keys are made, the code is redeemed, and the folder is written. */
import { sha256Hex, toPem } from '../../ca/index.ts'
import { createBoxClient } from '../unit/box_client.ts'
import { enrolIntoFolder } from '../unit/enrol_folder.ts'
import type { Enrolled, Waiting } from '../unit/enrolment.ts'
import { fetchRoot } from '../unit/root.ts'
import { unitPaths } from '../unit/unit_folder.ts'
import { wordLines } from '../unit/word_lines.ts'
import { newSecretFrom, options, required, say } from './options.ts'

const known = {
  box: { type: 'string' },
  code: { type: 'string' },
  'root-fingerprint': { type: 'string' },
  out: { type: 'string' },
  'passphrase-file': { type: 'string' },
  'legacy-p12': { type: 'boolean' },
} as const

/** Short ones are guessed; the length is what counts. */
const minPassphraseCharacters = 10
const choosing = {
  question: `新口令（至少 ${String(minPassphraseCharacters)} 个字符，不显示） new passphrase, ${String(minPassphraseCharacters)} characters or more, not shown`,
  faultOf: (secret: string) =>
    Array.from(secret).length < minPassphraseCharacters
      ? '口令太短。 The passphrase is too short.'
      : undefined,
}

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, known)
  const url = required(values.box, '--box')
  const code = required(values.code, '--code')
  const out = required(values.out, '--out')
  const root = await fetchRoot(url, required(values['root-fingerprint'], '--root-fingerprint'))
  const passphrase = await newSecretFrom(values['passphrase-file'], choosing)
  const anonymous = createBoxClient({ url, root: toPem('CERTIFICATE', root), identity: {} })
  const { enrolled } = await enrolIntoFolder(anonymous, {
    ...{ code, out, url, root, passphrase, onWaiting },
    legacyP12: values['legacy-p12'],
  })
  anonymous.close()
  if (values['legacy-p12'] === true) warnOfLegacy()
  report(out, root, enrolled)
  return 0
}

/** What is read to the officer, who compares it with what the box shows. */
function onWaiting({ request, expires }: Waiting): void {
  say('等待安全员批准。请致电安全员，念出以下词语（一种语言即可）核对；批准前不要关闭本窗口。')
  say(
    'Waiting for a security officer. Telephone them and read these words, in one language; leave this open.',
  )
  say('')
  for (const line of wordLines(request)) say(line)
  say('')
  say(`  申请编号 request  ${request}`)
  say(`  有效期至 expires  ${expires}`)
}

function warnOfLegacy(): void {
  say('注意：.p12 文件采用旧式加密（三重 DES、SHA-1），仅供旧系统导入；导入后请立即删除。')
  say(
    'Note: the .p12 files are encrypted the old way (triple DES, SHA-1). Delete them once imported.',
  )
}

function report(out: string, root: Uint8Array, enrolled: Enrolled): void {
  const paths = unitPaths(out)
  say(`已注册：${String(enrolled.keys.length)} 张证书。 Enrolled: certificates issued.`)
  for (const { profile, seat } of enrolled.keys) {
    if (profile.endsWith('-client'))
      say(`  ${paths.p12(seat ?? 'self')}  导入浏览器 for the browser`)
  }
  say(`  ${paths.keys}  签名密钥（已加密）signing keys, wrapped`)
  say(`  ${paths.sheet}  请打印并妥善保管 print it and put it away`)
  say(`  根证书 root ${sha256Hex(root)}`)
}
