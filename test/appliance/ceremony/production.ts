/** A production box out of a ceremony, with passphrases that everybody knows, and its papers. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSystemClock, systemRandom } from '../../../ca/index.ts'
import { holdInit, type HeldInit, type InitOptions } from '../../../appliance/ceremony/init.ts'
import type { InitPlan } from '../../../appliance/ceremony/plan.ts'

export const passphrase = '本机口令 horse staple'

export const custodians = ['赵', '钱', '孙'].map((name) => ({
  name,
  passphrase: `${name}的口令 battery`,
}))

export const plan: InitPlan = {
  districtName: '示范区',
  hostNames: ['localhost', '127.0.0.1'],
  pkiUrl: 'http://localhost:8080',
  zone: 'Asia/Shanghai',
  algorithm: 'ecdsa-p256-sha256',
  passphrase,
  custodians: custodians.slice(0, 2),
  needed: 2,
  officers: ['officer-1', 'officer-2'],
  openTimeStamping: false,
  place: '三楼会议室',
  present: [{ name: '赵', part: '密钥保管人 custodian' }],
}

/** Holds it below a folder: data in `data`, papers in `papers`. Keys are stretched for no time. */
export function initIn(
  folder: string,
  more: Partial<InitOptions> & { readonly plan?: Partial<InitPlan> } = {},
): Promise<HeldInit> {
  const { plan: changed, ...options } = more
  return holdInit(
    { ...plan, ...changed },
    {
      directory: join(folder, 'data'),
      out: join(folder, 'papers'),
      clock: createSystemClock(),
      random: systemRandom,
      signer: () => Promise.resolve('0'.repeat(64)),
      secretStrength: 'random',
      ...options,
    },
  )
}

/** All files below a folder, by their path. */
export async function filesBelow(folder: string): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    found.set(path, new Uint8Array(await readFile(path)))
  }
  return found
}

/** The papers' shares with their custodians' passphrases. */
export async function sharesIn(
  papers: string,
): Promise<{ readonly text: string; readonly passphrase: string }[]> {
  const names = (await readdir(papers)).filter((name) => name.startsWith('share-')).toSorted()
  return Promise.all(
    names.map(async (name, at) => ({
      text: await readFile(join(papers, name), 'utf8'),
      passphrase: custodians[at]?.passphrase ?? '',
    })),
  )
}
