/** `sealbox restore`: a box from its backups, in a folder that holds nothing. */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { dropAside } from '../backup/beside.ts'
import { seenIn } from '../backup/heads.ts'
import { readIdentityFile } from '../backup/age/index.ts'
import { restoreAside, restoreBackup, type Restored, type RestoreStep } from '../backup/restore.ts'
import { openBackupShares } from '../backup/key_ceremony.ts'
import { readLaterAnswers } from '../ceremony/answers.ts'
import { sharesFrom } from './ceremony.ts'
import { ApplianceError } from '../errors.ts'
import { fingerprintWords } from '../../provisioning/index.ts'
import { dataDirectory, fileBytes, options, say } from './options.ts'

const known = {
  data: { type: 'string' },
  identity: { type: 'string' },
  share: { type: 'string', multiple: true },
  answers: { type: 'string' },
  'root-fingerprint': { type: 'string' },
  heads: { type: 'string', multiple: true },
  'accept-stale': { type: 'boolean' },
  'two-officers': { type: 'boolean' },
  check: { type: 'boolean' },
  json: { type: 'boolean' },
} as const

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, known)
  if (positionals.length === 0) throw new ApplianceError('USAGE', 'no backup was named')
  const directory = dataDirectory(values.data)
  const { heads, json } = values
  // Before hours of work.
  for (const path of heads ?? []) {
    if (!existsSync(path)) throw new ApplianceError('FILE_MISSING', `there is no file ${path}`)
  }
  const at = new Date()
  const wish = {
    ...{ paths: positionals, directory, at },
    identities: await identitiesFor(positionals, values),
    root: values['root-fingerprint']?.replace(/[\s:]/g, '').toLowerCase(),
    confirm: values['two-officers'] === true,
    acceptStale: values['accept-stale'] === true,
    ...(heads && {
      seen: (of: Omit<Parameters<typeof seenIn>[1], 'at'>) => seenIn(heads, { ...of, at }),
    }),
    onStep: json === true ? undefined : tell,
  }
  if (values.check === true) {
    const { aside, restored } = await restoreAside(wish)
    await dropAside(aside)
    report(restored, { json, lines: ['检查通过，什么也没有留下 checked; nothing was left behind'] })
    return 0
  }
  const restored = await restoreBackup(wish)
  report(restored, { json, lines: [`已恢复到 restored into ${directory}`, ...nextSteps(restored)] })
  return 0
}

interface Opening {
  readonly identity?: string | undefined
  readonly share?: readonly string[] | undefined
  readonly answers?: string | undefined
}

/** The custodians' shares, a key file that was named, or the only ones that lie beside the backups. */
async function identitiesFor(
  paths: readonly string[],
  { identity: named, share = [], answers }: Opening,
): Promise<Uint8Array[]> {
  const text = (path: string): string => new TextDecoder().decode(fileBytes(path))
  const offered = answers === undefined ? await sharesFrom(share) : readLaterAnswers(answers).shares
  if (offered.length > 0) {
    const { secret, opened } = await openBackupShares(offered)
    for (const { number, custodian } of opened) {
      process.stderr.write(`  份额 share ${String(number)}: ${custodian}\n`)
    }
    return [secret]
  }
  if (named !== undefined) return readIdentityFile(text(named))
  const folders = [...new Set(paths.map((path) => dirname(resolve(path))))]
  const beside = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /^sealbox-backup-key-[0-9a-z]{8}\.txt$/.test(name))
      .map((name) => join(folder, name)),
  )
  if (beside.length > 0) return beside.flatMap((path) => readIdentityFile(text(path)))
  throw new ApplianceError('USAGE', 'name what opens the backup: --identity FILE or --share FILE…')
}

function tell(step: RestoreStep): void {
  if (step.step === 'files' && step.files % 1000 !== 0) return
  const words = {
    files: '文件 files',
    journal: '日志与签名的树头一致 the journal is the one that was signed',
    views: '登记簿已重建 views made anew',
    checked: '已落盘 synced',
    restored: '',
  }[step.step]
  if (words !== '')
    process.stderr.write(`  ${words}${step.step === 'files' ? ` ${String(step.files)}` : ''}\n`)
}

/** What is not trusted may be a whole folder. */
const shownReasons = 50

function report(
  restored: Restored,
  { json, lines }: { readonly json: boolean | undefined; readonly lines: readonly string[] },
): void {
  const { restoration, manifest, districtName, root, entries, files, compared } = restored
  if (json === true) {
    const { box, mode } = manifest
    say(JSON.stringify({ box, districtName, mode, root, entries, files, compared, ...restoration }))
    return
  }
  say(`${districtName}  ${manifest.box}`)
  say(
    `  备份时间 made at ${manifest.madeAt}，日志 journal ${String(entries)} 条 entries，文件 files ${String(files)}`,
  )
  say(`  根证书指纹 root SHA-256 ${fingerprintWords(root).hex}`)
  if (compared !== null) {
    say(
      `  核对了树头 heads compared: ${String(compared.heads)}，未采信 not trusted: ${String(compared.notTrusted.length)}`,
    )
    for (const reason of compared.notTrusted.slice(0, shownReasons)) say(`    ${reason}`)
  }
  if (restoration.seen !== null) {
    say(
      `  ！备份过时 STALE: ${String(restoration.seen.size - restoration.head.size)} 条以后的记录已丢失 later entries are lost`,
    )
  }
  for (const name of restoration.missing) say(`  ！文件缺失 missing since before: ${name}`)
  for (const line of lines) say(line)
}

function nextSteps({ restoration }: Restored): string[] {
  if (!restoration.confirm) return ['  下一步 next: sealbox start']
  return [
    '  下一步 next: sealbox start；两名安全员用双人令确认后才能办理',
    '  two officers confirm it by an order; until then the box shows what it has and nobody can act',
  ]
}
