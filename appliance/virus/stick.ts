/** Files of signatures on a stick: root copies them over by the machine's acts, one after the other; they are checked as any others. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { GivenFile } from '../../web/index.ts'
import { machinePaths } from '../machine/act.ts'
import type { AskMachine } from '../machine/ask.ts'
import { exchangePaths } from '../machine/stick_acts.ts'
import { signatureKinds, type StickKind } from '../machine/stick_names.ts'
import { told } from '../machine/told.ts'

const isSignatures = (kind: StickKind): boolean => kind in signatureKinds

/**
 * The stick's files of signatures, each readable until the next one is asked for. Throws what root refuses, as a page knows it.
 */
export async function* signaturesOnStick(
  ask: AskMachine,
  exchange: string = machinePaths.exchange,
): AsyncGenerator<GivenFile> {
  const { files } = await told(ask('list-usb', {}))
  // One of each kind at a time lies in the exchange: of several the first counts.
  const seen = new Set<StickKind>()
  for (const { name, kind } of files) {
    if (!isSignatures(kind) || seen.has(kind)) continue
    seen.add(kind)
    await told(ask('read-usb', { name }))
    const content = createReadStream(join(exchangePaths(exchange).in, name))
    content.on('error', () => undefined) // Who reads it is told; who passes it over must not end the process.
    yield { name, content }
  }
}
