/**
 * Answers a sign request that came as a file (`docs/formats/sign-request.md`): checks it, signs with the keys of the unit's folder and
 * writes `NAME.signed` beside it. Opens no connection.
 */
import { existsSync } from 'node:fs'
import { fromBase64, writeWhole } from '../../ca/index.ts'
import {
  readOrderStatement,
  readSignRequest,
  type SignAct,
  type SignRequest,
} from '../../exchange/unit/index.ts'
import { orderLines } from '../unit/order_lines.ts'
import { ApplianceError } from '../errors.ts'
import { signFile } from '../unit/signing.ts'
import { seatOptionsFrom } from './seat_options.ts'
import { fileBytes, say } from './options.ts'

const requestEnding = '.signreq'

/** Whether what a command is about is a request's file rather than a document. */
export function isRequestFile(subject: string): boolean {
  return subject.endsWith(requestEnding)
}

/** The command of each act; an officer's are signed in the signer page. */
const commandOf: Partial<Record<SignAct, string>> = {
  approve: 'document approve',
  seal: 'seal',
  dispatch: 'document dispatch',
  'sign-for': 'sign-for',
  return: 'document return',
  'propose-order': 'orders propose',
  countersign: 'orders countersign',
  'withdraw-order': 'orders withdraw',
}

/** Signs the file if it is a request for `act`; `USAGE` names the command for another one. */
export async function answerFile(
  path: string,
  act: SignAct,
  seat: { readonly values: Parameters<typeof seatOptionsFrom>[0]; readonly or: string },
): Promise<number> {
  const request = readSignRequest(fileBytes(path))
  if (request.act !== act) throw otherAct(request.act)
  const signedPath = `${path.slice(0, -requestEnding.length)}.signed`
  if (existsSync(signedPath)) {
    throw new ApplianceError('USAGE', `${signedPath} is there already; hand it in, or move it away`)
  }
  for (const line of linesOf(request)) say(line)
  const options = await seatOptionsFrom(seat.values, seat.or)
  try {
    const signed = await signFile(options, request)
    await writeWhole(signedPath, `${JSON.stringify(signed)}\n`, 0o600)
  } finally {
    options.client.close()
  }
  say(`已签署 signed: ${signedPath}`)
  return 0
}

function otherAct(act: SignAct): ApplianceError {
  const command = commandOf[act]
  const where = command === undefined ? 'sign it in the signer page' : `use sealbox ${command}`
  return new ApplianceError('USAGE', `the file asks for the act ${act}; ${where}`)
}

/** What is about to be signed: the box's words, then what the signature covers. */
function linesOf({ act, holder, words, statement, seal, files }: SignRequest): string[] {
  const { title, number, issuers = [] } = words
  const said = [title, number, issuers.join(' ')].filter(
    (word) => word !== undefined && word !== '',
  )
  return [
    `${act}  ${holder}`,
    ...said.map((word) => `  ${String(word)}`),
    ...files.map(({ as, name, sha256 }) => `  ${as}  ${sha256}  ${name}`),
    ...orderIn(statement, files),
    `  ${JSON.stringify(statement ?? { at: seal?.at, certificate: seal?.certificate })}`,
  ]
}

/** An order in plain words: the one that is proposed, or that another officer signed and whose bytes are in the file. */
function orderIn(statement: SignRequest['statement'], files: SignRequest['files']): string[] {
  if (statement?.type === 'sealbox.order') return orderLines(statement)
  const bytes = files.find(({ as }) => as === 'order')?.bytes
  if (bytes === undefined) return []
  const other = readOrderStatement(fromBase64(bytes))
  return [...orderLines(other), `  提出人 proposed by: ${other.signer}  ${other.at}`]
}
