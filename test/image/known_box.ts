/** A box in the image, once it was set up: waited for, and known as its clients know it. */
import { toPem } from '../../ca/index.ts'
import type { DemoBox } from '../../appliance/demo/district.ts'
import { createBoxClient } from '../../appliance/unit/box_client.ts'
import { fetchRoot } from '../../appliance/unit/root.ts'
import { firstAnswer, pause, type Machine } from './machine.ts'

/** Knows the box by a code and by the root's fingerprint that its console showed. */
export async function introduce(machine: Machine, code: string): Promise<DemoBox> {
  const url = `https://localhost:${String(machine.port(8443))}`
  const [shown = ''] = /(?:[0-9A-F]{4} ){15}[0-9A-F]{4}/.exec(machine.serial.text()) ?? []
  const root = toPem('CERTIFICATE', await fetchRoot(url, shown.replaceAll(' ', '').toLowerCase()))
  const client = createBoxClient({ url, root, identity: {} })
  const { box, journalCertificate } = await client.act<{ box: string; journalCertificate: string }>(
    '/api/v1/requests/acts/look-up',
    { code },
  )
  client.close()
  return { url, root, id: box, journalCertificate: Buffer.from(journalCertificate, 'base64') }
}

/** Waits until the box itself answers, not the page that it waits. */
export async function serving(machine: Machine): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const { headers } = await firstAnswer(machine, '/').catch(() => ({
      headers: { 'sealbox-state': 'none' },
    }))
    if (headers['sealbox-state'] === undefined) return
    await pause(1000)
  }
  throw new Error('the box does not serve')
}
