/** `sealbox init`: the ceremony that makes a production box, guided at a terminal or by an answers file. */
import { createSystemClock, systemRandom } from '../../ca/index.ts'
import { fingerprintWords } from '../../provisioning/index.ts'
import { pageHashes } from '../../web/index.ts'
import { isReadableByOthers, readInitAnswers } from '../ceremony/answers.ts'
import { askInit } from '../ceremony/ask.ts'
import { dryRunInit, holdInit, type HeldInit, type InitOptions } from '../ceremony/init.ts'
import { refuseInside } from '../ceremony/outside.ts'
import { refused, type InitPlan } from '../ceremony/plan.ts'
import { openTerminal } from '../ceremony/terminal.ts'
import { ApplianceError } from '../errors.ts'
import { dataDirectory, options, say } from './options.ts'

const known = {
  data: { type: 'string' },
  answers: { type: 'string' },
  papers: { type: 'string' },
  'dry-run': { type: 'boolean' },
} as const

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, known)
  const directory = dataDirectory(values.data)
  const isDry = values['dry-run'] === true
  if (values.papers === undefined && !isDry) {
    throw new ApplianceError('USAGE', '--papers is missing: the folder that the root key leaves to')
  }
  const out = values.papers ?? ''
  refuseInside(out, directory)
  const parts: InitOptions = {
    ...{ directory, out, clock: createSystemClock(), random: systemRandom, pageHashes },
  }
  if (isDry) return rehearseOnly(await planFrom(values.answers), parts)
  const plan = await planFrom(values.answers)
  for (const line of heldLines(await holdInit(plan, parts))) say(line)
  return 0
}

async function rehearseOnly(plan: InitPlan, parts: InitOptions): Promise<number> {
  const { certificates, lists } = await dryRunInit(plan, parts)
  say(
    `预演无误：${String(certificates)} 张证书、${String(lists)} 份吊销列表。 Rehearsed: ${String(certificates)} certificates and ${String(lists)} lists without a finding; nothing was changed.`,
  )
  return 0
}

async function planFrom(answers: string | undefined): Promise<InitPlan> {
  if (answers !== undefined) return answersFrom(answers)
  const terminal = openTerminal(process.stdin, process.stderr, process.stdin.isTTY)
  try {
    const plan = await askInit(terminal)
    const isSure = await terminal.ask(
      '现在举行仪式吗？输入 是 或 yes  hold the ceremony now? type yes',
    )
    if (!/^(是|yes)$/i.test(isSure)) throw refused('nothing was made')
    return plan
  } finally {
    terminal.close()
  }
}

function answersFrom(file: string): InitPlan {
  const plan = readInitAnswers(file)
  if (isReadableByOthers(file)) {
    process.stderr.write(
      `注意：别人也能读 ${file}，里面有口令。 Warning: others can read ${file}, which holds passphrases: chmod 600, and destroy it afterwards.\n`,
    )
  }
  return plan
}

function heldLines({ codes, root, papers }: HeldInit): string[] {
  const { hex, chinese, english } = fingerprintWords(root)
  return [
    '',
    '正式机已建立。 The production box is made.',
    `  根证书指纹 root SHA-256  ${hex}`,
    ...[...chinese, ...english].map((row) => `    ${row.join('  ')}`),
    `  文书 papers  ${papers}`,
    '  份额交给各保管人，记录打印签名；root.key 存两处。 Hand each share to its custodian, print and sign the minutes, keep root.key in two places.',
    ...codes.map(({ codeFor, code }) =>
      codeFor.kind === 'person' ? `  ${codeFor.id}  注册码 code  ${code}` : '',
    ),
    '',
  ]
}
