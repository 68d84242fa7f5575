/** The secrets of a unit as its folder and passphrase give them, and everything that lies on a box's disk. */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Level } from 'level'
import { openKeyFile, readKeyFile, readUnitSecret } from '../../provisioning/index.ts'
import { argon2id } from '../../appliance/unit/argon2id.ts'
import { unitPaths } from '../../appliance/unit/unit_folder.ts'
import { run } from './places.ts'
import { keySecret, textSecret, type Secret } from './secret_finder.ts'

/** All seven secrets of a unit: five keys from its folder, its passphrase, its unit secret. */
export async function secretsOf(
  name: string,
  of: { readonly folder: string; readonly passphraseFile: string },
): Promise<Secret[]> {
  const { folder, passphraseFile } = of
  const paths = unitPaths(folder)
  const passphrase = (await readFile(passphraseFile, 'utf8')).trim()
  const [, printed = ''] = /unit secret\s+(\S.*\S)/.exec(await readFile(paths.sheet, 'utf8')) ?? []
  const unitSecret = readUnitSecret(printed)
  const file = readKeyFile(new Uint8Array(await readFile(paths.keys)))
  const signing = await openKeyFile(file, { passphrase, unitSecret, argon2id })
  const keys: [string, KeyObject][] = signing.map(({ use, seat = '', pkcs8 }) => [
    `${use} ${seat}`,
    createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }),
  ])
  for (const seat of ['clerk', 'leader']) {
    const { stdout } = await run('openssl', [
      ...['pkcs12', '-in', paths.p12(seat), '-nodes', '-nocerts'],
      ...['-passin', `file:${passphraseFile}`],
    ])
    keys.push([`seat-client ${seat}`, createPrivateKey(stdout)])
  }
  return [
    ...keys.map(([use, key]) => keySecret(`${name} ${use}`, key)),
    textSecret(`${name} passphrase`, passphrase),
    textSecret(`${name} unit secret`, printed, Buffer.from(unitSecret)),
  ]
}

/** Every file below a folder as it lies there, and every record of the stores as LevelDB gives it, uncompressed. */
export async function diskOf(data: string): Promise<Map<string, Uint8Array>> {
  const places = new Map<string, Uint8Array>()
  for (const name of await readdir(data, { recursive: true })) {
    const path = join(data, name)
    if ((await stat(path)).isFile()) places.set(name, await readFile(path))
  }
  for (const name of ['views', 'search', 'scratch', 'blobs/0001']) {
    const store = new Level<Uint8Array, Uint8Array>(join(data, name), {
      keyEncoding: 'view',
      valueEncoding: 'view',
    })
    const records: Uint8Array[] = []
    for await (const [key, value] of store.iterator()) {
      records.push(key, Buffer.alloc(8), value, Buffer.alloc(8))
    }
    await store.close()
    places.set(`${name}, records`, Buffer.concat(records))
  }
  return places
}
