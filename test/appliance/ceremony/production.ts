/** A production box out of a ceremony, with passphrases that everybody knows, and its papers. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Box } from '../../../appliance/box/box.ts'
import type { DemoUnit } from '../../../appliance/demo/district.ts'
import {
  countersignOrder,
  proposeOrder,
  type OfficerOptions,
} from '../../../appliance/unit/officer.ts'
import { createSystemClock, sha256Hex, systemRandom } from '../../../ca/index.ts'
import { statedFiles } from '../../../exchange/index.ts'
import { holdInit, type HeldInit, type InitOptions } from '../../../appliance/ceremony/init.ts'
import type { InitPlan } from '../../../appliance/ceremony/plan.ts'
import { draftOf } from '../in_process.ts'
import { run, sealbox } from '../places.ts'

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
      pageHashes: () => Promise.resolve({ signer: '0'.repeat(64), verifier: '1'.repeat(64) }),
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

/** The verdict of `sealbox verify`, or what it complained of. */
export const verdictOf = async (
  file: string,
  trust: string,
  more: readonly string[] = [],
): Promise<string> => {
  const by = ['--trust', trust, '--json', ...more]
  const { stdout, stderr } = await run(sealbox, ['verify', file, ...by])
  try {
    return (JSON.parse(stdout) as { verdict: string }).verdict
  } catch {
    return stderr
  }
}

/** A document sealed and dispatched by a unit to another, its PDF as a file. */
export async function sealed(path: string, from: DemoUnit, to: DemoUnit): Promise<string> {
  const { id } = await from.clerk.draft(draftOf(from, [to]))
  await from.leader.approve(id)
  await from.clerk.number(id)
  await from.clerk.sealDocument(id)
  await writeFile(path, await from.clerk.pdf(id))
  return path
}

/** Both officers state that a unit's seal was in other hands all along; leaves the file for auditors. */
export async function stateStolen(
  path: string,
  by: {
    readonly box: Box
    readonly officers: readonly [OfficerOptions, OfficerOptions]
    readonly unit: DemoUnit
  },
): Promise<void> {
  const { parts } = by.box
  const seal = by.unit.enrolled.keys.find(({ profile }) => profile === 'unit-seal')
  const order = await proposeOrder(
    by.officers[0],
    {
      act: 'state-compromise',
      certificate: sha256Hex(seal?.certificate ?? new Uint8Array()),
      from: new Date(Date.now() - 3_600_000).toISOString(),
    },
    '印章失窃',
  )
  await countersignOrder(by.officers[1], order)
  const [file] = await statedFiles({ views: parts.journal.views, blobs: parts.blobs })
  await writeFile(path, file?.bytes ?? '')
}

/** Exit status of openssl over a ceremony's minutes, by the key of a root. */
export async function minutesVerify(papers: string, root: string): Promise<number | null> {
  const key = await run('openssl', ['x509', '-in', root, '-pubkey', '-noout'])
  const file = join(papers, 'root-key.pem')
  await writeFile(file, key.stdout)
  const [minutes, signature] = [join(papers, 'minutes.json'), join(papers, 'minutes.json.sig')]
  const by = ['-sha256', '-verify', file, '-signature', signature, minutes]
  return (await run('openssl', ['dgst', ...by])).status
}
