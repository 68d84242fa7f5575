/** `sealbox verify`: judges files offline against given roots; a report each, one exit status. Opens no socket. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { nodeCrypto } from '../../ca/index.ts'
import { readCertificate } from '../../ca/path/index.ts'
import {
  checkDraft,
  draftHash,
  layoutDraft,
  loadFonts,
  parseDocumentNumber,
} from '../../exchange/index.ts'
import {
  companionNames,
  groupsOf,
  isDispatchName,
  judgeStatements,
  momentOfStatements,
  readTrustFile,
  reportText,
  requestsOf,
  verifyFile,
  type Companions,
  type GivenStatement,
  type Report,
  type Verdict,
} from '../../exchange/verify/index.ts'
import { ApplianceError, exitStatus } from '../errors.ts'
import { draftFormat, fileBytes, jsonFile, momentOf, options, required, say } from './options.ts'
import { headsIn } from './verify_heads.ts'
import { writeSheet, type SheetOptions } from './verify_sheet.ts'

const known = {
  trust: { type: 'string' },
  at: { type: 'string' },
  json: { type: 'boolean' },
  attachments: { type: 'string' },
  draft: { type: 'string' },
  statements: { type: 'string', multiple: true },
  heads: { type: 'string', multiple: true },
  sheet: { type: 'string' },
  language: { type: 'string' },
} as const

/** Several files: failed before indeterminate before passed. */
const order: readonly Verdict[] = ['TOTAL-FAILED', 'INDETERMINATE', 'TOTAL-PASSED']
const statusOf = {
  'TOTAL-PASSED': exitStatus.passed,
  'TOTAL-FAILED': exitStatus.failed,
  INDETERMINATE: exitStatus.indeterminate,
} as const satisfies Record<Verdict, number>

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, known)
  if (positionals.length === 0 && values.heads === undefined) {
    throw new ApplianceError('USAGE', 'name the files to verify')
  }
  const { trust, ...evidence } = readTrustFile(fileBytes(required(values.trust, '--trust')))
  const at = values.at === undefined ? new Date() : momentOf(values.at)
  const beside: Companions = {
    ...evidence,
    ...(values.attachments !== undefined && { attachments: filesIn(values.attachments) }),
    ...(values.draft !== undefined && { draft: draftIn(values.draft, trust) }),
  }
  for (const path of positionals) {
    if (!existsSync(path)) throw new ApplianceError('FILE_MISSING', `there is no file ${path}`)
  }
  const given = (values.statements ?? []).flatMap(statementsIn)
  // What was stated since holds for an earlier moment, too.
  const statedAt = momentOfStatements(given, at)
  // By the same links and lists as the files: what was stated below an old root speaks to who trusts the new one.
  const by = { trust, at: statedAt, ports: nodeCrypto, ...evidence }
  const statements = await judgeStatements(given, by)
  const verdicts = new Set<Verdict>()
  const sheets = values.sheet !== undefined && (await sheetOptions(values.sheet, values.language))
  const print = (report: Report): void => {
    verdicts.add(report.verdict)
    if (values.json === true) say(JSON.stringify(report))
    else say(`${reportText(report, 'zh')}${reportText(report, 'en')}`)
  }
  const dispatches = positionals.filter(isDispatchName).map(fileBytes)
  const plain = {
    trust,
    at,
    statements,
    companions: { ...beside, ...(dispatches.length > 0 && { dispatches }) },
  }
  const heads = values.heads && (await headsIn(values.heads, positionals, plain))
  if (heads) print(heads.report)
  const common = { ...plain, ...(heads && { heads: heads.known }) }
  // Group by group, so that memory does not grow with the number of files.
  for (const group of groupsOf([...positionals, ...besideAll(positionals)])) {
    const files = group.map((name) => ({ name, bytes: fileBytes(name) }))
    for (const request of requestsOf(files, common)) {
      const report = await verifyFile(request)
      if (sheets) await writeSheet(request, report, sheets)
      print(report)
    }
  }
  return statusOf[order.find((verdict) => verdicts.has(verdict)) ?? 'INDETERMINATE']
}

async function sheetOptions(directory: string, language = 'zh'): Promise<SheetOptions> {
  if (language === 'zh' || language === 'en') {
    return { directory, language, fonts: await loadFonts() }
  }
  throw new ApplianceError('USAGE', 'the language of sheets is zh or en')
}

/** What lies beside the files and belongs to them. */
function besideAll(paths: readonly string[]): string[] {
  return paths.flatMap(companionNames).filter((path) => existsSync(path))
}

/** A statement of compromise, or all that lie in a folder. */
function statementsIn(path: string): GivenStatement[] {
  if (!existsSync(path)) throw new ApplianceError('FILE_MISSING', `there is no file ${path}`)
  if (!statSync(path).isDirectory()) return [{ name: basename(path), bytes: fileBytes(path) }]
  return readdirSync(path)
    .filter((name) => name.endsWith('.compromise.json'))
    .toSorted()
    .map((name) => ({ name, bytes: fileBytes(join(path, name)) }))
}

function filesIn(directory: string): NonNullable<Companions['attachments']> {
  if (!existsSync(directory)) {
    throw new ApplianceError('FILE_MISSING', `there is no folder ${directory}`)
  }
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({ fileName: name, bytes: fileBytes(join(directory, name)) }))
}

/** The draft's hash, and how it is laid out again: as this district does, trial marks included. */
function draftIn(path: string, trust: readonly Uint8Array[]): NonNullable<Companions['draft']> {
  const { draft } = checkDraft(jsonFile(path, draftFormat))
  if (draft === undefined) throw new ApplianceError('USAGE', `${path} is no draft`)
  const trial = trust.some((root) => readCertificate(root).subject.text.includes('TRIAL'))
  return {
    hash: draftHash(draft),
    layOut: async ({ number, date }) => {
      const drawn = parseDocumentNumber(number ?? '')
      const { pdf } = await layoutDraft({
        draft,
        ...(drawn && { number: drawn }),
        ...(date !== undefined && { date }),
        fonts: await loadFonts(),
        trial,
      })
      return pdf
    },
  }
}
