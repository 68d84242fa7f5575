/** Reads a command's options, and files and secrets a person names. */
import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { ApplianceError } from '../errors.ts'
import { visible } from '../visible.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/** Options and positionals; what is unknown is a usage error by `parseArgs` itself. */
export function options<O extends Options>(argv: string[], known: O) {
  return parseArgs({ args: argv, options: known, allowPositionals: true, strict: true })
}

/** The folder of data: `--data`, `SEALBOX_DATA`, or `./data`. */
export function dataDirectory(given: string | undefined): string {
  return given ?? process.env['SEALBOX_DATA'] ?? 'data'
}

/** `USAGE` unless it was given. */
export function required(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw new ApplianceError('USAGE', `${name} is missing`)
  return value
}

/** A port number, 0 to 65535. */
export function portOf(text: string | undefined, or: number): number {
  if (text === undefined) return or
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new ApplianceError('USAGE', `${text} is no port`)
  }
  return port
}

/** A moment with its zone, RFC 3339. */
export function momentOf(text: string): Date {
  const at = new Date(text)
  if (Number.isNaN(at.getTime()) || !/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text)) {
    throw new ApplianceError('USAGE', `${text} is no time such as 2026-11-23T08:00:00Z`)
  }
  return at
}

/** A whole number from 1 on. */
export function countOf(text: string | undefined, or: number): number {
  if (text === undefined) return or
  const count = Number(text)
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new ApplianceError('USAGE', `${text} is no count`)
  return count
}

/** A file's bytes; `FILE_MISSING` where there is none. */
export function fileBytes(path: string): Uint8Array {
  if (!existsSync(path)) throw new ApplianceError('FILE_MISSING', `there is no file ${path}`)
  return new Uint8Array(readFileSync(path))
}

/** What a draft is, for who hands in something else. */
export const draftFormat = 'docs/formats/draft.md'

/** What stands in a file of JSON; `FILE_MALFORMED` for any other one. `format` names the page that describes it. */
export function jsonFile(path: string, format: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(fileBytes(path)))
  } catch (error) {
    if (error instanceof ApplianceError) throw error
    throw new ApplianceError(
      'FILE_MALFORMED',
      `${path}: 不是 UTF-8 编码的 JSON 文件，格式见 ${format} this is no JSON file in UTF-8; see ${format} for what is expected`,
      { cause: error },
    )
  }
}

/** A secret from a file named on the command line, or typed; never from the command line itself, which others can read. */
export async function secretFrom(file: string | undefined, question: string): Promise<string> {
  if (file !== undefined) return new TextDecoder().decode(fileBytes(file)).trim()
  // What is typed goes to an output that shows nothing.
  const output = new Writable({
    write: (_part, _encoding, done) => {
      done()
    },
  })
  const prompt = createInterface({
    input: process.stdin,
    output,
    terminal: process.stdin.isTTY,
  })
  // Asked last: until then the terminal itself still shows what is typed.
  process.stderr.write(`${question}: `)
  try {
    const typed = await new Promise<string>((resolve, reject) => {
      // A question over an input that ends is never answered.
      prompt.once('close', () => {
        reject(unanswered(question))
      })
      prompt.question('').then(resolve, reject)
    })
    return typed.trim()
  } finally {
    prompt.close()
    process.stderr.write('\n')
  }
}

function unanswered(question: string): ApplianceError {
  return new ApplianceError(
    'USAGE',
    `没有输入，未作任何改动 nothing was typed, and nothing was done: ${question}`,
  )
}

/** How a secret is chosen: what is asked for, and what is said of one that will not do. */
interface Choosing {
  readonly question: string
  readonly faultOf: (secret: string) => string | undefined
}

/** A secret that is chosen: from a file, or typed twice at a terminal, where a slip is asked again; `USAGE` for a file's that will not do. */
export async function newSecretFrom(
  file: string | undefined,
  { question, faultOf }: Choosing,
): Promise<string> {
  for (;;) {
    const once = await secretFrom(file, question)
    const fault = faultOf(once)
    if (file !== undefined || !process.stdin.isTTY) {
      if (fault === undefined) return once
      throw new ApplianceError('USAGE', `${fault} 尚未提交 Nothing was sent.`)
    }
    if (fault !== undefined) process.stderr.write(`${fault}\n`)
    else if (once === (await secretFrom(undefined, '再输一遍 again'))) return once
    else process.stderr.write('两次输入不同，请重来。 They differ; once more.\n')
  }
}

export function say(line: string): void {
  process.stdout.write(`${visible(line)}\n`)
}
