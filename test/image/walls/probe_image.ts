/**
 * An image with the probe in it: each unit of ours once more, with its own walls and the probe in the place of its program; a unit without
 * walls; a listener behind the packet filter; an address on the second network card. Test support.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildImage, type Built } from '../../../appliance/image/build.ts'
import { isOfEveryStart, unitCommands } from '../../../appliance/image/bundle.ts'
import { makeKeys } from '../../../appliance/image/keys.ts'
import { stripped } from '../../../appliance/image/stripped.ts'

/** Units whose walls are tried; the service's twice: started once the box runs, as after a failure, and before its data is there (ADR 43). */
export const probedUnits = ['sealbox', 'sealbox-early', 'sealbox-keys', 'sealbox-machine'] as const

const system = 'etc/systemd/system'
const tree = 'appliance/image/tree'
/** Where also the process of the keys may execute. */
const probeFolder = 'usr/lib/x86_64-linux-gnu/sealbox-probe'
/** The second card: told by its hardware address. */
export const probeMac = '52:54:00:77:00:02'
export const guestAddress = '10.77.0.2'
export const hostAddress = '10.77.0.1'
/** Room for what the acts leave free beside a file from a stick. */
const dataMebibytes = 4096
/** Somebody listens here in the guest, and nobody reaches it. */
export const hiddenPort = 9999

/** Settings of a unit that its program needs and the probe does not. */
const notForProbe =
  /^(?:Type|NotifyAccess|WatchdogSec|Restart|RestartSec|TimeoutStartSec|TimeoutStopSec|RemainAfterExit|StandardOutput|StandardError|Requires|Wants|OnFailure|CollectMode|WantedBy|RequiredBy|After|Before)=/

/** The unit with the probe in it. */
export function probeUnit(text: string, name: string): string {
  const lines = text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter(
      (line) => !notForProbe.test(line) && !line.startsWith('ExecStart=') && line !== '[Install]',
    )
  const jit = lines.includes('MemoryDenyWriteExecute=yes') ? '--jitless ' : ''
  const program = `/usr/bin/node ${jit}/${probeFolder}/probe.js ${name} /${probeFolder}/koffi`
  const service = [
    'Type=oneshot',
    'StandardOutput=journal+console',
    'StandardError=journal+console',
    `ExecStart=${program}`,
  ]
  return (
    lines
      .join('\n')
      // The service's own folder of memory: the first one that ends must not take it from the others.
      .replace('RuntimeDirectoryPreserve=restart', 'RuntimeDirectoryPreserve=yes')
      .replace('[Unit]', '[Unit]\nAfter=multi-user.target sealbox-folders.service')
      .replace('[Service]', `[Service]\n${service.join('\n')}`)
  )
}

/** Says that it is ready and lives, as the service does, and then turns in circles. */
const hangs = `import { openServiceManager } from '/usr/lib/sealbox/appliance/box/service_manager.js'
const manager = await openServiceManager()
manager.ready()
manager.keepAlive(AbortSignal.timeout(3600000))
setTimeout(() => { for (;;); }, 30000)
`
const saysResult = `process.stdout.write('PROBE watchdog result ' + process.env.SERVICE_RESULT + String.fromCharCode(10))
`
const watched = `[Unit]
After=multi-user.target
[Service]
Type=notify
NotifyAccess=main
WatchdogSec=12s
TimeoutAbortSec=2s
TimeoutStartSec=5min
StandardOutput=journal+console
ExecStart=/usr/bin/node /${probeFolder}/hang.js
ExecStopPost=/usr/bin/node /${probeFolder}/result.js
`

/** Lays the probe's files over a tree. */
function layProbe(to: string): void {
  const file = (path: string, content: string): void => {
    mkdirSync(join(to, path, '..'), { recursive: true })
    writeFileSync(join(to, path), content)
  }
  const enable = (name: string): void => {
    const wants = join(to, system, 'multi-user.target.wants')
    mkdirSync(wants, { recursive: true })
    symlinkSync(`../${name}`, join(wants, name))
  }
  file(`${probeFolder}/package.json`, '{"type":"module"}')
  file(`${probeFolder}/probe.js`, stripped(readFileSync('test/image/walls/probe.ts', 'utf8')))
  cpSync('node_modules/@koromix/koffi-linux-x64', join(to, probeFolder, 'koffi'), {
    recursive: true,
    dereference: true,
  })
  for (const name of probedUnits) {
    const unit = name.replace('-early', '')
    const probe = probeUnit(readFileSync(join(tree, system, `${unit}.service`), 'utf8'), name)
    const early = probe.replace(/^After=.*$/m, 'After=systemd-sysctl.service')
    file(`${system}/probe-${name}.service`, name === unit ? probe : early)
    enable(`probe-${name}.service`)
  }
  file(`${system}/probe-bare.service`, probeUnit('[Unit]\n[Service]\n', 'bare'))
  enable('probe-bare.service')
  file(`${probeFolder}/acts.js`, stripped(readFileSync('test/image/walls/acts.ts', 'utf8')))
  const box = readFileSync(join(tree, system, 'sealbox.service'), 'utf8')
  const acts = probeUnit(box, 'acts').replace(/\/probe\.js acts .*/, '/acts.js')
  file(`${system}/probe-acts.service`, acts)
  enable('probe-acts.service')
  layCompiled(file)
  enable('probe-compiled.service')
  file(`${probeFolder}/hang.js`, hangs)
  file(`${probeFolder}/result.js`, saysResult)
  file(`${system}/probe-watchdog.service`, watched)
  enable('probe-watchdog.service')
  const listen = `require('net').createServer((s) => s.end()).listen(${String(hiddenPort)}, '0.0.0.0')`
  file(`${probeFolder}/listen.cjs`, listen)
  file(
    `${system}/probe-listener.service`,
    `[Unit]\n[Service]\nExecStart=/usr/bin/node /${probeFolder}/listen.cjs\n`,
  )
  enable('probe-listener.service')
  file(
    'usr/lib/systemd/network/10-probe.network',
    `[Match]\nMACAddress=${probeMac}\n[Network]\nAddress=${guestAddress}/24\n`,
  )
}

/** Has what is compiled of the units' commands tried. */
function layCompiled(file: (path: string, content: string) => void): void {
  const at = (name: string): string => `${probeFolder}/${name}`
  const source = (path: string): string => stripped(readFileSync(path, 'utf8'))
  file(at('compiled.js'), source('test/image/walls/compiled.ts'))
  file(at('compile.js'), source('appliance/image/compile.ts'))
  file(at('loader_hook.js'), source('test/image/walls/loader_hook.ts'))
  const commands = unitCommands().map((one) => ({ ...one, everyStart: isOfEveryStart(one) }))
  file(at('commands.json'), JSON.stringify(commands))
  const files = ['compiled.js', 'commands.json', 'compile.js', 'loader_hook.js']
  const program = `/usr/bin/node ${files.map((name) => `/${at(name)}`).join(' ')}`
  file(
    `${system}/probe-compiled.service`,
    `[Unit]\nAfter=multi-user.target\n[Service]\nStandardOutput=journal+console\nStandardError=journal+console\nExecStart=${program}\n`,
  )
}

/** Builds it. */
export async function buildProbeImage(): Promise<Built & { readonly out: string }> {
  const out = mkdtempSync(join(tmpdir(), 'sealbox-probe-image-'))
  const keys = join(out, 'keys')
  await makeKeys(keys)
  const overlay = join(out, 'overlay')
  layProbe(overlay)
  const built = await buildImage({
    ...{ version: '0.0.1', out, keys, overlay, unsigned: false, small: false, dataMebibytes },
    say: () => undefined,
  })
  return { ...built, out }
}
