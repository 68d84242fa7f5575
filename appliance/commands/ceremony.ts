/** What the commands `sealbox ceremony …` have in common: options, shares, the box at rest, and what is said at the end. */
import { readFileSync, existsSync } from 'node:fs'
import type { OfferedShare } from '../../ca/index.ts'
import { fingerprintWords } from '../../provisioning/index.ts'
import { ceremonyWords, pageHashes } from '../../web/index.ts'
import { isReadableByOthers, readLaterAnswers, type LaterPlan } from '../ceremony/answers.ts'
import { openAtRest, takeRoot, type BoxAtRest } from '../ceremony/box_at_rest.ts'
import { refuseInside } from '../ceremony/outside.ts'
import { newCeremony, type Concluded, type Held } from '../ceremony/later.ts'
import { readBoxFile } from '../box/data_folder.ts'
import { ApplianceError } from '../errors.ts'
import { boxSecrets, secretOptions, type SecretValues } from './box_secrets.ts'
import { dataDirectory, required, say, secretFrom } from './options.ts'

/** Options of all of them. */
export const ceremonyOptions = {
  data: { type: 'string' },
  papers: { type: 'string' },
  answers: { type: 'string' },
  'root-key': { type: 'string' },
  share: { type: 'string', multiple: true },
  ...secretOptions,
} as const

export interface CeremonyValues extends SecretValues {
  readonly data?: string | undefined
  readonly papers?: string | undefined
  readonly answers?: string | undefined
  readonly 'root-key'?: string | undefined
  readonly share?: readonly string[] | undefined
}

/** Opens the box, does something with it at rest, and closes it. */
export async function withBoxAtRest<T>(
  values: CeremonyValues,
  work: (box: BoxAtRest) => Promise<T>,
): Promise<T> {
  const directory = dataDirectory(values.data)
  const secrets = await boxSecrets(readBoxFile(directory), values)
  const box = await openAtRest({ directory, secrets })
  try {
    return await work(box)
  } finally {
    await box.close()
  }
}

/** Holds a ceremony: opens the box and the root key, says what came of it. */
export async function holdAtBox(
  values: CeremonyValues,
  hold: (held: Held) => Promise<Concluded>,
  take: Parameters<typeof takeRoot>[2] = {},
): Promise<number> {
  const out = required(values.papers, '--papers')
  refuseInside(out, dataDirectory(values.data))
  const plan = planFrom(values.answers)
  const concluded = await withBoxAtRest(values, async (box) => {
    const shares = plan.shares.length > 0 ? plan.shares : await sharesFrom(values.share ?? [])
    const inHand = await takeRoot(box, { folder: values['root-key'], shares }, take)
    const ceremony = newCeremony(box)
    return hold({ box, inHand, plan, ceremony, out, pageHashes })
  })
  for (const line of linesOf(concluded)) say(line)
  return 0
}

function planFrom(answers: string | undefined): LaterPlan {
  if (answers !== undefined && existsSync(answers) && isReadableByOthers(answers)) {
    process.stderr.write(`注意：别人也能读 ${answers}。 Warning: others can read ${answers}.\n`)
  }
  return readLaterAnswers(answers)
}

/** Each custodian types their own passphrase. */
export async function sharesFrom(files: readonly string[]): Promise<OfferedShare[]> {
  const shares: OfferedShare[] = []
  for (const file of files) {
    if (!existsSync(file)) throw new ApplianceError('FILE_MISSING', `there is no file ${file}`)
    const passphrase = await secretFrom(undefined, `${file} 的口令 passphrase of the share`)
    shares.push({ text: readFileSync(file, 'utf8'), passphrase })
  }
  return shares
}

function linesOf({ minutes, papers, codes }: Concluded): string[] {
  const { zh, en } = ceremonyWords(minutes.kind)
  const { hex, chinese } = fingerprintWords(minutes.root)
  return [
    '',
    `仪式已完成：${zh}。 Held: ${en}.`,
    `  根证书指纹 root SHA-256  ${hex}`,
    ...chinese.map((row) => `    ${row.join('  ')}`),
    `  文书 papers  ${papers}`,
    ...codes.map(({ codeFor, code }) =>
      codeFor.kind === 'person' ? `  ${codeFor.id}  注册码 code  ${code}` : '',
    ),
    '',
  ]
}
