/** `sealbox backup`: writes a backup of the box to a file, whether it serves or rests. */
import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { openAtRest } from '../ceremony/box_at_rest.ts'
import { askControl } from '../backup/control.ts'
import { createBackupDesk, sinceOf } from '../backup/desk.ts'
import { journalSigner, makeAsked, sourceOf, type Said } from '../backup/of_box.ts'
import { readBoxFile } from '../box/data_folder.ts'
import { ApplianceError } from '../errors.ts'
import { boxSecrets, secretOptions, type SecretValues } from './box_secrets.ts'
import { dataDirectory, options, required, say } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, {
    data: { type: 'string' },
    since: { type: 'string' },
    json: { type: 'boolean' },
    ...secretOptions,
  })
  const path = resolve(required(positionals[0], 'FILE'))
  if (positionals.length > 1) throw new ApplianceError('USAGE', 'a backup is one file')
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new ApplianceError('USAGE', `${path} is a folder; name a file in it`)
  }
  const directory = dataDirectory(values.data)
  const file = readBoxFile(directory)
  const ask = {
    ...{ path, keyFolder: dirname(path) },
    since: await sinceOf(values.since ?? 'full'),
  }
  const said = await makeAnyhow(directory, ask, { values, file })
  const { made, keyFile } = said
  if (values.json === true) say(JSON.stringify(said))
  else {
    const kind =
      made.since === null ? '全量 full' : `增量 increment since ${made.since.slice(0, 8)}`
    say(`已备份 backed up: ${path}`)
    say(`  ${made.backup.slice(0, 16)}  ${kind}`)
    say(
      `  日志 journal ${String(made.head.size)} 条 entries，文件 files ${String(made.files)}，${String(made.bytes)} 字节 octets`,
    )
    for (const name of made.damaged) say(`  ！文件已损坏，未能备份 damaged, not in it: ${name}`)
    const unnamed = made.damagedCount - made.damaged.length
    if (unnamed > 0) say(`  ！另有损坏文件 and further damaged files: ${String(unnamed)}`)
    if (keyFile !== null) {
      say(`  解密密钥（只给这一次，请离机保管）key that opens it, kept nowhere else: ${keyFile}`)
    }
  }
  return made.damaged.length > 0 ? 1 : 0
}

type Ask = Parameters<typeof makeAsked>[1]

/** By the box that serves; at rest by ourselves. */
async function makeAnyhow(
  directory: string,
  ask: Ask,
  of: { readonly values: SecretValues; readonly file: ReturnType<typeof readBoxFile> },
): Promise<Said> {
  try {
    return (await askControl(directory, { act: 'backup', ...ask }, () => undefined)) as Said
  } catch (error) {
    if (!(error instanceof ApplianceError) || error.code !== 'BOX_UNREACHABLE') throw error
  }
  const secrets = await boxSecrets(of.file, of.values)
  const box = await openAtRest({ directory, secrets, evenHeld: true })
  try {
    const signer = await journalSigner(box.services, box.keys)
    const desk = createBackupDesk({
      ...{ journal: box.journal, clock: box.clock, random: box.random, mode: box.file.mode },
      source: () => sourceOf({ ...box, directory, signer }),
    })
    return await makeAsked(desk, ask, () => undefined)
  } finally {
    await box.close()
  }
}
