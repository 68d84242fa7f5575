/** `sealbox start`: first boot if the folder is empty, with `--demo` a district at work, then serve until told to stop. */
import {
  CaError,
  sha256Hex,
  type Authority,
  type Clock,
  type Entry,
  type Journal,
  type Random,
} from '../../ca/index.ts'
import {
  appointment,
  fingerprintWords,
  modelDistrictName,
  type IssuedCode,
} from '../../provisioning/index.ts'
import { pino } from 'pino'
import { openBox, type Box } from '../box/box.ts'
import { isEmptyFolder, readBoxFile, type BoxFile } from '../box/data_folder.ts'
import { untilMounted } from '../box/data_mounted.ts'
import { markDemo, planDemo, shownPath, type DemoPlan } from '../demo/first_look/plan.ts'
import { againLines, readyLines } from '../demo/first_look/who.ts'
import { ApplianceError, exitStatus } from '../errors.ts'
import { firstBoot, firstOfficer } from '../box/first_boot.ts'
import type { BoxSecrets } from '../box/keys.ts'
import { serve, type Serving } from '../box/serve.ts'
import { openServiceManager, type ServiceManager } from '../box/service_manager.ts'
import { isCommitted, requireNotOlder } from '../upgrade/committed.ts'
import { raiseLayout } from '../upgrade/raise_layout.ts'
import { writingStopped } from '../box/upkeep.ts'
import { waitAtConsole, type AtConsole } from '../box/waiting.ts'
import type { VirusOptions } from '../virus/desk.ts'
import { warmSigner, verifierFile, type Log } from '../../web/index.ts'
import { boxSecrets, secretOptions } from './box_secrets.ts'
import { dataDirectory, options, portOf, say } from './options.ts'

const known = {
  data: { type: 'string' },
  port: { type: 'string' },
  'pki-port': { type: 'string' },
  host: { type: 'string' },
  bind: { type: 'string' },
  district: { type: 'string' },
  demo: { type: 'boolean' },
  'demo-out': { type: 'string' },
  'set-up-at-console': { type: 'boolean' },
  'await-mount': { type: 'string', multiple: true },
  clamd: { type: 'string' },
  signatures: { type: 'string' },
  ...secretOptions,
} as const

/** The box's zone unless a district says otherwise at first boot (design 4). */
const defaultZone = 'Asia/Shanghai'

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, known)
  const directory = dataDirectory(values.data)
  const port = portOf(values.port, 8443)
  const pkiPort = portOf(values['pki-port'], 8080)
  const plan = demoPlan(directory, values)
  const manager = await openServiceManager()
  await untilMounted(values['await-mount'] ?? [], manager)
  await requireNotOlder()
  const waiting =
    values['set-up-at-console'] === true ? waitAtConsole({ directory, port, manager }) : undefined
  const handed = await waiting?.secrets()
  if (waiting !== undefined && handed === undefined) return 0
  let code: IssuedCode | undefined
  if (isEmptyFolder(directory)) {
    const host = values.host ?? loopbackName
    code = await firstBoot({
      directory,
      districtName: values.district ?? (plan === undefined ? '示范区' : modelDistrictName),
      hostNames: [...new Set([host, loopbackName, '127.0.0.1', '::1'])],
      pkiUrl: `http://${host}:${String(pkiPort)}`,
      zone: defaultZone,
    })
    if (plan !== undefined) await markDemo(directory, 'filling', plan)
  }
  const host = fixedHost(readBoxFile(directory), values.host)
  await raiseLayout({ directory, isCommitted: await isCommitted() })
  const log = pino({ name: 'sealbox' }, pino.destination(2))
  const url = `https://${host}:${String(port)}`
  const open = (secrets: BoxSecrets): Promise<Box> =>
    openBox({
      ...{ directory, log, url, secrets, verifierPage: verifierFile },
      virus: virusOptions(values),
    })
  const box = await (waiting === undefined
    ? open(await boxSecrets(readBoxFile(directory), values))
    : openWaiting(waiting, handed, open))
  if (box === undefined) return 0
  // In the image the console has shown the code, and goes on showing it until it was used.
  if (waiting === undefined) code ??= await codeIfNobodyEnrolled(box)
  // A box that is only called localhost is for this machine alone.
  const bind = values.bind ?? (host === loopbackName ? '127.0.0.1' : '0.0.0.0')
  const serving = await serve(box, { port, pkiPort, bind }).catch(async (error: unknown) => {
    await box.close()
    throw error
  })
  const told = new AbortController()
  const started: Started = { box, serving, directory, host, bind, code, manager }
  try {
    if (waiting !== undefined) await tellConsole(waiting, box, { signal: told.signal, log })
    return await serveUntilTold(started, plan)
  } finally {
    told.abort()
    await serving.close()
    await box.close()
  }
}

/** That it serves, and later, that two officers have confirmed a restore and that the first officer has enrolled. */
async function tellConsole(
  waiting: AtConsole,
  box: Box,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): Promise<void> {
  const { journal, authority, restored } = box.parts
  const tell = async (): Promise<boolean> => {
    // The officers of a production box have their codes from the ceremony.
    const isTrial = box.file.mode === 'trial'
    const awaitsFirstOfficer = isTrial && !(await hasFirstOfficer(authority))
    await waiting.serving({ restored: restored() !== undefined, awaitsFirstOfficer })
    return awaitsFirstOfficer
  }
  const untold = (error: unknown): void => {
    if (!signal.aborted)
      log.error({ err: String(error) }, 'the console was not told how the box is')
  }
  const from = journal.size
  const isAwaited = await tell()
  if (restored() !== undefined) {
    await box.whenConfirmed(async () => {
      await tell().catch(untold)
    })
  }
  if (isAwaited) void untilIssued(journal.subscribe(from, signal), tell).catch(untold)
}

/** Tells again with each certificate, until nobody is waited for. */
async function untilIssued(
  entries: AsyncIterable<Entry>,
  tell: () => Promise<boolean>,
): Promise<void> {
  for await (const { type } of entries) {
    if (type === 'certificate.issued' && !(await tell())) return
  }
}

/** Opens it by what the console left, as often as it takes; undefined if it was told to end before. */
async function openWaiting(
  waiting: AtConsole,
  first: BoxSecrets | undefined,
  open: (secrets: BoxSecrets) => Promise<Box>,
): Promise<Box | undefined> {
  for (let secrets = first; secrets !== undefined; secrets = await waiting.secrets()) {
    try {
      return await open(secrets)
    } catch (error) {
      if (!(error instanceof CaError) || error.code !== 'CA_KEY_FILE_LOCKED') throw error
      await waiting.refuse()
    }
  }
  return undefined
}

const stopping = '正在停止 stopping'

interface Started {
  readonly box: Box
  readonly serving: Serving
  readonly directory: string
  readonly host: string
  readonly bind: string
  readonly code: IssuedCode | undefined
  readonly manager: ServiceManager
}

/** Fills the demo where one is wanted, says that it serves, and waits for the end; gives the exit status. */
async function serveUntilTold(started: Started, plan: DemoPlan | undefined): Promise<number> {
  const { box, serving, manager } = started
  // From now on a signal ends it in order; whoever reads that it is ready may send one at once.
  const ending = new AbortController()
  const told = stopped().then(() => {
    ending.abort()
  })
  const lines = plan === undefined ? [] : await demoLines(started, plan, ending.signal)
  if (ending.signal.aborted) {
    say(stopping)
    return 0
  }
  // The officer of a demo has enrolled meanwhile.
  const code = plan?.isNew === true ? undefined : started.code
  for (const line of [...greeting({ ...started, code }), ...lines, ...howToStop]) say(line)
  tellParent(box, serving, code)
  manager.ready()
  manager.keepAlive(ending.signal)
  warmSigner(ending.signal)
  const failed = await Promise.race([
    told.then(() => false),
    writingStopped(box.parts, ending.signal).then(() => true),
  ])
  ending.abort()
  manager.stopping()
  say(
    failed ? '写入失败，停止运行；重新启动即可恢复 a write failed; start the box again' : stopping,
  )
  return failed ? exitStatus.software : 0
}

/** The scanner beside the box, where there is one. */
function virusOptions(values: {
  readonly clamd?: string | undefined
  readonly signatures?: string | undefined
}): VirusOptions | undefined {
  const { clamd, signatures } = values
  if (clamd !== undefined) return { socket: clamd, signatures }
  if (signatures === undefined) return undefined
  throw new ApplianceError('USAGE', '--signatures goes with --clamd')
}

/** What `--demo` does with this folder; throws before anything is made. */
function demoPlan(
  directory: string,
  values: {
    readonly demo?: boolean | undefined
    readonly 'demo-out'?: string | undefined
  },
): DemoPlan | undefined {
  if (values.demo === true) return planDemo(directory, values['demo-out'])
  if (values['demo-out'] === undefined) return undefined
  throw new ApplianceError('USAGE', '--demo-out goes with --demo')
}

/** Fills a new demo; gives what is to be said about it. */
async function demoLines(
  { box, serving, directory, host, bind, code }: Started,
  plan: DemoPlan,
  signal: AbortSignal,
): Promise<string[]> {
  if (!plan.isNew) return againLines(shownPath(plan.out))
  // Loaded for this one time: it works as units do.
  const { fillDemo } = await import('../demo/first_look/fill.ts')
  say('正在准备演示：一个区，十二个单位…… Filling the demo: a district of twelve units…')
  const filled = await fillDemo({
    ...{ box, directory, plan, bind, signal },
    url: `https://${host}:${String(serving.port)}`,
    pkiUrl: `http://${host}:${String(serving.pkiPort)}`,
    code: code?.code ?? '',
  })
  if (filled !== undefined) return readyLines(filled)
  say(
    `演示没有填完；再来一次请先删除 The demo was not filled to its end; to make it anew remove ${directory} ${shownPath(plan.out)}`,
  )
  return []
}

const loopbackName = 'localhost'

/** The name that stands in the TLS certificate; another one is a usage error. */
function fixedHost(file: BoxFile, wanted: string | undefined): string {
  const fixed = file.hostNames[0] ?? loopbackName
  if (wanted === undefined || wanted === fixed) return fixed
  throw new ApplianceError(
    'USAGE',
    `this box is called ${fixed}, not ${wanted}; sealbox rehost gives it another name`,
  )
}

/** Says over IPC that it listens, to the demo or a test that started it. */
function tellParent(box: Box, serving: Serving, code: IssuedCode | undefined): void {
  // A parent that waits for us must not keep us alive.
  process.channel?.unref()
  process.send?.({
    ready: true,
    port: serving.port,
    pkiPort: serving.pkiPort,
    code: code?.code ?? null,
    root: sha256Hex(box.parts.authority.chain.at(-1) ?? new Uint8Array()),
  })
}

/** A box whose first officer never enrolled gets another code at each start: the first may have scrolled away. */
async function codeIfNobodyEnrolled(box: Box): Promise<IssuedCode | undefined> {
  const { authority } = box.parts
  // The codes of a production box are given out in ceremonies alone.
  if (box.file.mode === 'production') return undefined
  return (await hasFirstOfficer(authority)) ? undefined : anotherCode(box.parts)
}

async function hasFirstOfficer(authority: Pick<Authority, 'certificatesOf'>): Promise<boolean> {
  return (await authority.certificatesOf(`person:${firstOfficer}`)).length > 0
}

async function anotherCode(parts: {
  readonly journal: Journal
  readonly clock: Clock
  readonly random: Random
}): Promise<IssuedCode> {
  const actor = { holder: 'box', certificate: null }
  const { issued, entries } = appointment(parts, {
    actor,
    id: firstOfficer,
    role: 'officer',
    approval: 'none',
  })
  await parts.journal.commit({ entries })
  return issued
}

function greeting({ box, serving, host, code }: Started): string[] {
  const { port, pkiPort } = serving
  const root = box.parts.authority.chain.at(-1) ?? new Uint8Array()
  const fingerprint = sha256Hex(root)
  const { recovery } = box.journal
  return [
    '',
    `印匣 Sealbox  ${box.file.districtName}${box.file.mode === 'trial' ? '  试用 TRIAL' : ''}`,
    `  网页与接口 pages and API   https://${host}:${String(port)}`,
    `  证书服务   trust services  http://${host}:${String(pkiPort)}`,
    `  根证书指纹 root SHA-256    ${fingerprintWords(fingerprint).hex}`,
    `  日志条数   journal entries ${String(box.journal.size)}`,
    ...(recovery.cutBytes > 0
      ? [
          `  已切除断电时未写完的 ${String(recovery.cutBytes)} 字节 (cut an unfinished write; nobody was answered for it)`,
        ]
      : []),
    ...(box.parts.time.hold === undefined ? [] : holdLines),
    ...(code === undefined ? [] : firstSteps({ host, port, code, fingerprint })),
    '',
  ]
}

const holdLines = [
  '  时间未确认：时间戳已停，其余照常，并标明“时间未确认”；请两名安全员对表确认。',
  '  clock hold: the time is not certain; nothing is stamped until two officers have confirmed it.',
]

const howToStop = ['  按 Ctrl-C 停止。 Ctrl-C stops the box.', '']

function firstSteps(at: {
  host: string
  port: number
  code: IssuedCode
  fingerprint: string
}): string[] {
  const { host, port, code, fingerprint } = at
  return [
    '',
    '  下一步：第一位安全员注册（注册码只用一次）。 Next: enrol the first security officer (the code works once).',
    `  网页 in a page:       https://${host}:${String(port)}/signer.html#enrol  ${code.code}`,
    '  命令行 in a terminal:',
    '',
    `    npx sealbox enrol --box https://${host}:${String(port)} --code ${code.code} \\`,
    `      --root-fingerprint ${fingerprint} --out officer`,
    '',
    '  然后登记单位名册。 Then register the units:  npx sealbox roster FILE.csv --apply --unit officer',
  ]
}

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const)
      process.once(signal, () => {
        resolve()
      })
  })
}
