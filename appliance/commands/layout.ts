/** `sealbox layout`: a draft as it would be sealed, or the lint's findings. */
import { writeFile } from 'node:fs/promises'
import { checkDraft, isAcceptable, layoutDraft, loadFonts } from '../../exchange/index.ts'
import { exitStatus } from '../errors.ts'
import { fileBytes, options, required, say } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, {
    out: { type: 'string' },
    trial: { type: 'boolean' },
  })
  const bytes = fileBytes(required(positionals[0], 'the draft'))
  const out = required(values.out, '--out')
  const { draft, findings } = checkDraft(parse(bytes))
  for (const { code, severity, message, path } of findings) {
    process.stderr.write(`${severity} ${code} ${path ?? ''}: ${message.zh} ${message.en}\n`)
  }
  if (draft === undefined || !isAcceptable(findings)) return exitStatus.data
  const laidOut = await layoutDraft({
    draft,
    fonts: await loadFonts(),
    trial: values.trial ?? false,
  })
  for (const { code, character, message } of laidOut.findings) {
    process.stderr.write(`refuse ${code} ${character}: ${message.zh} ${message.en}\n`)
  }
  if (laidOut.findings.length > 0) return exitStatus.data
  await writeFile(out, laidOut.pdf)
  say(`${out}: ${String(laidOut.pages)} 页 pages`)
  return 0
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined // the schema says that this is no draft
  }
}
