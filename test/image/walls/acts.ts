/** Runs inside the image as the service, within its walls, and asks root for acts. Prints as `probe.ts` does. Test support. */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { AskMachine } from '../../../appliance/machine/ask.ts'

const exchange = '/var/lib/sealbox-exchange'
const module = '/usr/lib/sealbox/appliance/machine/ask.js'
const { openMachine } = (await import(module)) as { openMachine: () => AskMachine | undefined }
const ask = openMachine()

async function report(name: string, work: () => unknown): Promise<void> {
  let said: string
  try {
    said = String(await work())
  } catch (error) {
    said = (error as NodeJS.ErrnoException).code ?? String(error)
  }
  process.stdout.write(`PROBE acts ${name} ${said.replaceAll(/\s/g, '-') || 'nothing'}\n`)
}

await report('list-usb', async () =>
  (await ask?.('list-usb', {}))?.files.map(({ name }) => name).join(),
)
await report('read-usb', async () => {
  const name = 'sealbox-9.9.9.sealbox-upgrade'
  return (await ask?.('read-usb', { name }))?.bytes
})
await report('read-what-came', () => {
  const [name = ''] = readdirSync(`${exchange}/in`)
  return readFileSync(`${exchange}/in/${name}`, 'utf8') === 'not a bundle' ? 'OK' : 'other'
})
await report('alter-what-came', () => {
  writeFileSync(`${exchange}/in/sealbox-9.9.9.sealbox-upgrade`, 'altered')
  return 'OK'
})
await report('write-usb', async () => {
  writeFileSync(`${exchange}/out/probe.part`, 'backup')
  renameSync(`${exchange}/out/probe.part`, `${exchange}/out/probe.sealbox-backup`)
  return (await ask?.('write-usb', { name: 'probe.sealbox-backup' }))?.bytes
})
await report('what-the-console-may', async () => {
  await ask?.('adopt-box', {})
  return 'OK'
})
await report('what-nobody-may', async () => {
  const { act } = { act: 'constructor' as 'reboot' }
  const raw = '0'.repeat(32)
  writeFileSync(`/run/sealbox/drafts/${raw}.json`, JSON.stringify({ version: 1, act, params: {} }))
  renameSync(`/run/sealbox/drafts/${raw}.json`, `/run/sealbox/requests/${raw}.json`)
  for (let tries = 0; tries < 600; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    try {
      return (
        JSON.parse(readFileSync(`/run/sealbox/answers/${raw}.json`, 'utf8')) as { code: string }
      ).code
    } catch {
      // Not answered yet.
    }
  }
  return 'silent'
})
process.stdout.write('PROBE acts end end\n')
process.exit(0)
