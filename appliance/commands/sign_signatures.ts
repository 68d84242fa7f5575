/**
 * `sealbox sign-signatures`: an administrator or officer signs a list of virus signatures of the district's own, so that the box takes it
 * (`docs/formats/virus-signatures.md`). Opens no connection.
 */
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { signCms, writeWhole } from '../../ca/index.ts'
import { ApplianceError } from '../errors.ts'
import { isOwnSetName, momentOfList, withMoment } from '../virus/own_set.ts'
import { fileBytes, options, required, say } from './options.ts'
import { seatOptions, seatOptionsFrom } from './seat_options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, { ...seatOptions, out: { type: 'string' } })
  const path = required(positionals[0], 'the list')
  const out = required(values.out, '--out')
  const name = basename(path)
  const text = withMoment(new TextDecoder().decode(fileBytes(path)), new Date())
  if (!isOwnSetName(name) || momentOfList(text) === undefined) {
    throw new ApplianceError(
      'USAGE',
      `${name} is no list of signatures: NAME.hdb, .hsb, .ndb, .ldb, .mdb or .msb, a line a signature`,
    )
  }
  const { signing, client } = await seatOptionsFrom(values, 'self')
  client.close()
  const content = new TextEncoder().encode(text)
  const digest = new Uint8Array(createHash('sha256').update(content).digest())
  const signature = await signCms({
    ...{ signer: signing, digest, certificates: [signing.certificate] },
  })
  mkdirSync(out, { recursive: true })
  await writeWhole(join(out, name), content, 0o644)
  await writeWhole(join(out, `${name}.p7s`), signature, 0o644)
  say(`已签署 signed: ${join(out, name)} ${join(out, `${name}.p7s`)}`)
  return 0
}
