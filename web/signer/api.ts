/**
 * Asking the box: same-origin fetch, JSON in and out. An answer is a value, also a refusal or a lost line: what to do then is the
 * caller's, who knows what was asked.
 */
import type { ZodType } from 'zod'

/** RFC 9457 problem of the box, as far as it is used here. */
export interface Problem {
  readonly status: number
  readonly code: string
  /** The box's sentence, in the language it chose. */
  readonly title: string
  readonly instance: string
  readonly details: Readonly<Record<string, unknown>>
}

export type Answered<T> =
  | { readonly state: 'done'; readonly status: number; readonly value: T }
  | { readonly state: 'refused'; readonly problem: Problem }
  /** No whole answer came: whether the box did what was asked is not known. */
  | { readonly state: 'lost' }

export interface Api {
  get<T>(path: string, shape: ZodType<T>): Promise<Answered<T>>
  bytes(path: string): Promise<Answered<Uint8Array>>
  /** An act; the same `once` again is the same act. */
  post<T>(path: string, act: Act<T>): Promise<Answered<T>>
}

interface Act<T> {
  readonly body: unknown
  readonly once?: string
  readonly shape: ZodType<T>
}

/** 100 MB over 512 kbit/s take half an hour; JSON does not. */
const jsonWithinMs = 120_000
const bytesWithinMs = 45 * 60_000

export function createApi(fetching: typeof fetch = fetch): Api {
  const ask = async <T>(
    path: string,
    init: RequestInit,
    read: (response: Response) => Promise<T | undefined>,
  ): Promise<Answered<T>> => {
    try {
      const response = await fetching(path, { redirect: 'error', ...init })
      if (!response.ok) return { state: 'refused', problem: await problemOf(response) }
      const value = await read(response)
      if (value === undefined) return { state: 'refused', problem: misshapen(response.status) }
      return { state: 'done', status: response.status, value }
    } catch {
      return { state: 'lost' }
    }
  }
  const json =
    <T>(shape: ZodType<T>) =>
    async (response: Response): Promise<T | undefined> =>
      shape.safeParse(await response.json()).data
  return {
    get: (path, shape) => ask(path, { signal: AbortSignal.timeout(jsonWithinMs) }, json(shape)),
    bytes: (path) =>
      ask(
        path,
        { signal: AbortSignal.timeout(bytesWithinMs) },
        async (response) => new Uint8Array(await response.arrayBuffer()),
      ),
    post: (path, { body, once = crypto.randomUUID(), shape }) =>
      ask(
        path,
        {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'Idempotency-Key': once },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(jsonWithinMs),
        },
        json(shape),
      ),
  }
}

/** What a refusal says; a body that is no problem document still gives its status. */
async function problemOf(response: Response): Promise<Problem> {
  const { status } = response
  const text = await response.text()
  try {
    const { code, title, instance, ...details } = JSON.parse(text) as Record<string, unknown>
    return {
      status,
      code: typeof code === 'string' ? code : 'INTERNAL',
      title: typeof title === 'string' ? title : '',
      instance: typeof instance === 'string' ? instance : '',
      details,
    }
  } catch {
    return { status, code: 'INTERNAL', title: '', instance: '', details: {} }
  }
}

const misshapen = (status: number): Problem => ({
  status,
  code: 'ANSWER_MALFORMED',
  title: '',
  instance: '',
  details: {},
})
