/**
 * First boot of a trial box, unattended: keys, certificates, the first entries, and the first officer's code. It is made in a
 * folder beside and renamed into place, so that a power cut leaves either nothing or a whole box.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  boxActor,
  createKeyFolder,
  createSystemClock,
  createTrialDistrict,
  openJournal,
  systemRandom,
  toBase64,
  toHex,
  urlsBelow,
  writeWhole,
  syncFolder,
} from '../../ca/index.ts'
import { appointment, type IssuedCode } from '../../provisioning/index.ts'
import { openDataFolder, pathsOf, writeBoxFile, type BoxFile } from './data_folder.ts'
import { journalStorage } from './folds.ts'

export interface FirstBootOptions {
  readonly directory: string
  readonly districtName: string
  readonly hostNames: readonly string[]
  /** `http://host:port` of the PKI port, as it will stand in certificates. */
  readonly pkiUrl: string
  readonly zone: string
}

/** Identifier of the first officer. */
export const firstOfficer = 'officer-1'

/** Makes the box; gives the first officer's one-time code. */
export async function firstBoot(options: FirstBootOptions): Promise<IssuedCode> {
  const { directory } = options
  const draft = `${directory}.first-boot`
  // What a first boot that was cut short left behind attests nothing.
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(pathsOf(draft).keys, { recursive: true, mode: 0o700 })
  const code = await fill(draft, options)
  await rename(draft, directory)
  await syncFolder(dirname(directory))
  return code
}

async function fill(directory: string, options: FirstBootOptions): Promise<IssuedCode> {
  const { districtName, hostNames, pkiUrl, zone } = options
  const paths = pathsOf(directory)
  const clock = createSystemClock()
  const secret = randomBytes(32).toString('base64url')
  await writeWhole(paths.unattended, `${secret}\n`, 0o600)
  const keys = createKeyFolder({
    directory: paths.keys,
    passphrase: secret,
    secretStrength: 'random',
    random: systemRandom,
  })
  const district = await createTrialDistrict({
    keys,
    clock,
    random: systemRandom,
    districtName,
    hostNames,
    urls: urlsBelow(pkiUrl),
  })
  const data = await openDataFolder(directory)
  const journal = await openJournal({ ...journalStorage(data), clock, random: systemRandom })
  const officer = appointment(
    { clock, random: systemRandom },
    { actor: boxActor, id: firstOfficer, role: 'officer', approval: 'none' },
  )
  await journal.commit({ entries: [...district.entries, ...officer.entries] })
  await journal.close()
  await data.close()
  const box: BoxFile = {
    id: `sealbox-${toHex(systemRandom(8))}`,
    mode: 'trial',
    districtName,
    hostNames: [...hostNames],
    zone,
    pkiUrl,
    createdAt: clock.now().toISOString(),
    certificates: Object.fromEntries(
      Object.entries(district.certificates).map(([name, der]) => [name, toBase64(der)]),
    ),
  }
  await writeBoxFile(directory, box)
  return officer.issued
}
