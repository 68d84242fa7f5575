/** An officer at a served box who works by commands. Test support. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Hex } from '../../ca/index.ts'
import type { ServedBox } from './in_process.ts'
import { run, sealbox, type Ended } from './places.ts'

export async function commandsAt({ folder, known, box }: ServedBox) {
  const passphrase = join(folder, 'passphrase')
  await writeFile(passphrase, 'long enough for anybody\n')
  const root = sha256Hex(box.parts.authority.chain.at(-1) ?? new Uint8Array())
  const secret = ['--passphrase-file', passphrase]
  return {
    /** Enrols into a folder of this name; the first officer's is `officer`. */
    enrolAs: (code: string, out: string): Promise<Ended> =>
      run(sealbox, [
        ...['enrol', '--box', known.url, '--root-fingerprint', root, '--code', code],
        ...['--out', join(folder, out), ...secret],
      ]),
    asOfficer: (...args: string[]): Promise<Ended> =>
      run(sealbox, [...args, '--unit', join(folder, 'officer'), ...secret]),
  }
}
