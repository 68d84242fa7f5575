/**
 * Whether a sign request is what its asker asked for: whoever asks to sign for one document must not be given another one to
 * sign. Fields are those of the query of `GET /api/v1/sign-request`. Pure.
 */
import { canonicalJson, equal, fromHex, toBase64 } from '../../ca/path/index.ts'
import { ExchangeError } from '../errors.ts'
import type { SignRequest } from './sign_request.ts'

/** Fields that say how the request travels, not what is signed. */
const ofTheWay: ReadonlySet<string> = new Set(['first', 'inline'])

/** Throws `SIGN_REQUEST_DISAGREES` naming the first field that is not as it was asked for; empty ones ask for nothing. */
export function requireAsked(request: SignRequest, asked: Readonly<Record<string, string>>): void {
  for (const [field, wanted] of Object.entries(asked)) {
    if (ofTheWay.has(field) || wanted === '') continue
    if (sameText(field, found(request, field), wanted)) continue
    throw new ExchangeError(
      'SIGN_REQUEST_DISAGREES',
      `the box gave something else to sign than was asked for (${field}); nothing was signed`,
      { details: { field } },
    )
  }
}

/** What the request says of a field; undefined for a field that nobody knows. */
function found(request: SignRequest, field: string): unknown {
  const { act, path, seal } = request
  const said = (request.statement ?? {}) as Readonly<Record<string, unknown>>
  switch (field) {
    case 'act':
      return act
    // The statement's is held to the path where the request's parts are compared.
    case 'document':
      return /^\/api\/v1\/documents\/([a-z2-7]{26})\//.exec(path)?.[1]
    case 'certificate':
      return seal?.certificate ?? said['certificate']
    case 'order':
      return orderOf(request)
    case 'uscc':
      return said['who']
    case 'id':
      return said['id'] ?? said['who']
    case 'main':
    case 'copies': {
      const units = said[field]
      return Array.isArray(units) ? units.join(',') : undefined
    }
    case 'requests': {
      const named = said['requests']
      return Array.isArray(named) ? listOfRequests(named) : undefined
    }
    default:
      return Object.hasOwn(said, field) ? said[field] : undefined
  }
}

/** The names of requests as an address carries them: base64url, since 100 of them in hexadecimal are too long for one. */
export function requestsText(names: readonly string[]): string {
  return names.map((name) => toBase64Url(fromHex(name))).join(',')
}

function listOfRequests(named: readonly unknown[]): string {
  return requestsText(named.map((one) => String((one as { request?: unknown }).request)))
}

function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function sameText(field: string, is: unknown, wanted: string): boolean {
  if (field === 'order') return holdsAll(is, wanted)
  if (typeof is !== 'string') return false
  if (field === 'deadline' || field === 'invalidityDate')
    return Date.parse(is) === Date.parse(wanted)
  return is.trim() === wanted.trim()
}

/** The order itself where one is proposed, else the name of the one that is meant. */
function orderOf({ path, statement }: SignRequest): unknown {
  if (statement?.type === 'sealbox.order') return statement.order
  return /^\/api\/v1\/orders\/([0-9a-f]{64})\//.exec(path)?.[1]
}

/** Whether an order is the one that was asked for: a name, or all members that were given; the box may add to them. */
function holdsAll(is: unknown, wanted: string): boolean {
  if (typeof is === 'string') return is === wanted
  const given = (is ?? {}) as Readonly<Record<string, unknown>>
  const members = Object.entries(JSON.parse(wanted) as object)
  return members.every(([name, value]) =>
    equal(canonicalJson(given[name] ?? null), canonicalJson(value)),
  )
}
